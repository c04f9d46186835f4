import { describe, expectTypeOf, it } from 'vitest';
import {
  type Client,
  createClient,
  createSnapshot,
  createStaticConfig,
  type Decision,
  type UserContext,
} from '../src/index.ts';
import { shopDatafile } from './shop-datafile.ts';

interface ShopFlags {
  checkout: { variations: 'one_page' | 'classic'; variables: { steps: number; layout: { a: number[] } } };
  split: { variations: 'left' | 'right' };
  banner: object;
}

const options = { config: createStaticConfig({ datafile: shopDatafile() }), events: null, logger: false } as const;

describe('typed flags', () => {
  it('are described by an interface', () => {
    const client = createClient<ShopFlags>(options);
    expectTypeOf(client).toEqualTypeOf<Client<ShopFlags>>();
    const user = client.createUserContext('ada');
    expectTypeOf(user).toEqualTypeOf<UserContext<ShopFlags>>();
    const checkout = user.decide('checkout');
    expectTypeOf(checkout.variationKey).toEqualTypeOf<'one_page' | 'classic' | null>();
    expectTypeOf(checkout.variables.steps).toBeNumber();
    expectTypeOf(checkout.variables.layout.a).toEqualTypeOf<number[]>();
    expectTypeOf(checkout.flagKey).toEqualTypeOf<'checkout'>();
    expectTypeOf(user.decide('split').variables).toEqualTypeOf<Readonly<Record<string, unknown>>>();
    expectTypeOf(user.decide('banner').variationKey).toEqualTypeOf<string | null>();
    expectTypeOf(user.decideAsync('split')).resolves.toEqualTypeOf<Decision<ShopFlags, 'split'>>();
    // @ts-expect-error: no such flag
    user.decide('search');
    // @ts-expect-error: no such variable
    user.decide('checkout').variables.colour;
  });

  it('are any when nobody described them', () => {
    const decision = createClient(options).createUserContext('ada').decide('whatever');
    expectTypeOf(decision.variationKey).toEqualTypeOf<string | null>();
    expectTypeOf(decision.variables).toEqualTypeOf<Readonly<Record<string, unknown>>>();
  });

  it('fit where a decision or a client of any flags is asked for', () => {
    const user = createClient<ShopFlags>(options).createUserContext('ada');
    const decision = user.decide('checkout');
    user.trackImpression(decision);
    decision.userContext.decide('split');
    createSnapshot([decision, user.decide('split')]);
    createSnapshot({ checkout: decision });
  });
});
