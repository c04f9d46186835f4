/** The flags of pages that are built ahead, with the Flags SDK: the proxy decides, and chooses the page that was built for it. */
import { createOpenFeatureAdapter } from '@flags-sdk/openfeature';
import { OpenFeature } from '@openfeature/server-sdk';
import { createServerProvider } from '@sortition/openfeature/server';
import { flag } from 'flags/next';
import { shopClient } from './shop-client.ts';
import { ATTRIBUTES, visitorId } from './visitor.ts';

const DOMAIN = 'shop';
/** A visitor waits for the first datafile this long at most, ms. */
const READY_MS = 1_000;

// Signs the addresses of pages that were built ahead; a real shop has a secret of its own, at its build too.
process.env.FLAGS_SECRET ??= 'dGhlIGxhYiBydW5zIG9uIHRoaXMgbWFjaGluZSBvbmw';

const adapter = createOpenFeatureAdapter(async () => {
  const client = shopClient();
  // Until the provider is ready flags have their default values, also when that takes long: the adapter would keep a failure.
  const isSet = OpenFeature.setProviderAndWait(DOMAIN, createServerProvider(client)).catch(() => undefined);
  await client.ready({ timeoutMs: READY_MS }).then(
    () => isSet,
    () => undefined,
  );
  return OpenFeature.getClient(DOMAIN);
});

/** Whom a page is chosen for. */
async function identify({ headers }: { readonly headers: { get(name: string): string | null } }) {
  return { targetingKey: await visitorId(headers), ...ATTRIBUTES };
}

/** The order of the products. */
export const order = flag({
  key: 'recommendations.$variation',
  adapter: adapter.stringValue(),
  // The last one: no rule is for them.
  options: ['bestsellers', 'personal', 'off', ''],
  defaultValue: '',
  identify,
});

/** Whether orders from a certain sum on are sent for nothing. */
export const freeShipping = flag({
  key: 'free_shipping.$enabled',
  adapter: adapter.booleanValue(),
  options: [false, true],
  defaultValue: false,
  identify,
});

/** Each combination of these is a page. */
export const STATIC_FLAGS = [order, freeShipping] as const;
