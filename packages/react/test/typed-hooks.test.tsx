/** @jsxImportSource react */
/** Hooks of described flags: keys, variations and variables are checked where they are written. */
import { createClient as createLeanClient, recordTo } from '@sortition/client';
import { cleanup, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { type Client, createClient, createStaticConfig, type UserContext } from 'sortition';
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import { createFlagHooks, FlagsProvider, useDecision } from '../src/index.ts';
import { GOLD_DATAFILE } from './gold-client.ts';
import { createShopClient, type ShopFlags } from './shop.ts';

afterEach(cleanup);

const hooks = createFlagHooks<ShopFlags>();

describe('hooks of described flags', () => {
  it('are typed by the description', () => {
    function Typed(): ReactNode {
      const { decision, status } = hooks.useDecision('checkout');
      if (decision.variationKey !== null) {
        expectTypeOf(decision.variationKey).toEqualTypeOf<'classic' | 'one_page' | 'off'>();
        expectTypeOf(decision.variables.steps).toEqualTypeOf<number>();
      }
      expectTypeOf(status).toEqualTypeOf<'loading' | 'ready' | 'failed'>();
      const { banner } = hooks.useDecisions(['banner']);
      if (banner.status === 'ready' && banner.decision.variationKey !== null) {
        expectTypeOf(banner.decision.variables).toEqualTypeOf<Readonly<{ text: string }>>();
      }
      const steps = hooks.useVariable('checkout', 'steps', 4);
      expectTypeOf(steps).toEqualTypeOf<number>();
      // @ts-expect-error there is no `ref` for an element that comes into view
      hooks.useDecisions(['banner'], { trackOn: 'visible' });
      // @ts-expect-error there is no such flag
      hooks.useDecision('chekout');
      // @ts-expect-error the variable is a number
      hooks.useVariable('checkout', 'steps', 'four');
      const user = hooks.useUser<UserContext<ShopFlags>>();
      expectTypeOf(user).toEqualTypeOf<UserContext<ShopFlags> | null>();
      const client = hooks.useClient<Client<ShopFlags>>();
      return `${status} ${String(client?.isReady)} ${user?.userId} ${steps}`;
    }
    const view = render(
      <hooks.FlagsProvider client={createShopClient()} user={{ id: 'ada' }}>
        <Typed />
      </hooks.FlagsProvider>,
    );
    expect(view.container.textContent).toBe('ready true ada 4');
  });

  it('take every client without a cast', () => {
    const config = () => createStaticConfig({ datafile: GOLD_DATAFILE });
    const clients = [
      createClient({ config: config(), events: null }),
      createClient<ShopFlags>({ config: config(), events: null }),
      createLeanClient({ config: config(), parts: [recordTo(null)] }),
      createLeanClient<ShopFlags>({ config: config(), parts: [recordTo(null)] }),
    ];
    const Checkout = (): ReactNode => useDecision('checkout').decision.variationKey;
    const views = clients.map((client) => (
      <FlagsProvider key={String(clients.indexOf(client))} client={client} user={{ id: 'ada' }}>
        <Checkout />
      </FlagsProvider>
    ));
    expect(render(views).container.textContent).toBe('classic'.repeat(4));
  });
});
