/**
 * An application whose flags, variations and variables are typed by the modules of `flags`: a key that is not there does not
 * compile. Types alone are imported, so that the flags are not part of the application.
 *
 *     sortition emulate --folder published -- node dist/shop.js
 */
import type { FlagsOf } from '@sortition/authoring';
import { type Client, createBatchEvents, createClient, createPollingConfig } from 'sortition';
import type * as flags from '../flags/shop.flags.ts';

type ShopFlags = FlagsOf<typeof flags>;

const { SORTITION_EMULATOR_URL: emulator, SORTITION_DATAFILE_URL: urlTemplate } = process.env;

const client: Client<ShopFlags> = createClient<ShopFlags>({
  config: createPollingConfig({ sdkKey: 'shop-live', updates: 'manual', urlTemplate }),
  events: emulator === undefined ? null : createBatchEvents({ endpoint: `${emulator}/v1/events` }),
});
await client.ready();

const customer = client.createUserContext(process.argv[2] ?? 'katherine', { plan: 'gold', country: 'DE' });
const checkout = customer.decide('checkout');
const shipping = customer.decide('free_shipping');
console.log(`checkout: ${checkout.variationKey} in ${checkout.variables.steps ?? 4} steps`);
console.log(`shipping is free from: ${shipping.enabled ? shipping.variables.minimum : 'never'}`);
customer.trackEvent('purchase', { revenue: 4200 });

await client.close();
