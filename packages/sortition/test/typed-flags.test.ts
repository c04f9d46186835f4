import { decideForKeysAsync, explain } from '@sortition/client';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Client,
  createClient,
  createHydratedUser,
  createSnapshot,
  createStaticConfig,
  type Decision,
  type Decisions,
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
    expectTypeOf(checkout.variables.steps).toEqualTypeOf<number | undefined>();
    if (checkout.variationKey === null) {
      expectTypeOf(checkout.enabled).toEqualTypeOf<false>();
      // @ts-expect-error: an error decision has no variables, and this would throw
      checkout.variables.steps.toFixed();
    } else {
      expectTypeOf(checkout.variationKey).toEqualTypeOf<'one_page' | 'classic'>();
      expectTypeOf(checkout.variables.steps).toBeNumber();
      expectTypeOf(checkout.variables.layout.a).toEqualTypeOf<number[]>();
    }
    expectTypeOf(checkout.flagKey).toEqualTypeOf<'checkout'>();
    expectTypeOf(user.decide('split').variables).toEqualTypeOf<Readonly<Record<string, unknown>>>();
    expectTypeOf(user.decide('banner').variationKey).toEqualTypeOf<string | null>();
    expectTypeOf(user.decideAsync('split')).resolves.toEqualTypeOf<Decision<ShopFlags, 'split'>>();
    // @ts-expect-error: no such flag
    user.decide('search');
    // @ts-expect-error: no such variable
    user.decide('checkout').variables.colour;
  });

  it('check keys wherever one is passed, and type what comes back by key', () => {
    const user = createClient<ShopFlags>(options).createUserContext('ada');
    expectTypeOf(user.decideAll().checkout).toEqualTypeOf<Decision<ShopFlags, 'checkout'> | undefined>();
    expectTypeOf(user.decideForKeys(['split']).split).toEqualTypeOf<Decision<ShopFlags, 'split'> | undefined>();
    expectTypeOf(user.decideAllAsync()).resolves.toEqualTypeOf<Decisions<ShopFlags>>();
    const hydrated = createHydratedUser<ShopFlags>(createSnapshot(user.decideAll()));
    expectTypeOf(hydrated.decide('checkout').variationKey).toEqualTypeOf<'one_page' | 'classic' | null>();
    // @ts-expect-error: no such flag
    user.decideForKeys(['chekout']);
    // @ts-expect-error: no such flag
    user.decideForKeysAsync(['chekout']);
    // @ts-expect-error: no such flag
    user.explain('chekout');
    // @ts-expect-error: no such flag
    user.setForcedDecision({ flagKey: 'chekout' }, { variationKey: 'classic' });
    // @ts-expect-error: no such flag
    user.decideAll().chekout;
    // @ts-expect-error: no such flag
    hydrated.decide('chekout');
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
    for (const made of Object.values(user.decideAll())) if (made) user.trackImpression(made);
  });

  it('of a client fit where a client, a user or a decision of any flags is asked for', () => {
    const client = createClient<ShopFlags>(options);
    const anyClient: Client = client;
    const anyUser: UserContext = client.createUserContext('ada');
    const anyDecision: Decision = client.createUserContext('ada').decide('checkout');
    const itsUser: UserContext = anyDecision.userContext;
    expectTypeOf([anyClient, anyUser, anyDecision, itsUser]).not.toBeAny();
  });

  it('of a user are checked by the functions of @sortition/client too, and any key is taken without them', async () => {
    const user = createClient<ShopFlags>(options).createUserContext('ada');
    const anyUser: UserContext = user;
    await decideForKeysAsync(user, ['checkout']);
    const whatever = await decideForKeysAsync(anyUser, ['whatever']);
    expectTypeOf(whatever.whatever?.variationKey).toEqualTypeOf<string | null | undefined>();
    explain(user, 'checkout');
    explain(anyUser, 'whatever');
    // @ts-expect-error: no such flag
    explain(user, 'chekout');
    // @ts-expect-error: no such flag
    decideForKeysAsync(user, ['chekout']);
  });

  it('leave attributes to be described too', () => {
    interface Visitor {
      plan: 'free' | 'gold';
      age?: number;
      isStaff: boolean | null;
    }
    const client = createClient<ShopFlags>(options);
    const visitor: Visitor = { plan: 'gold', isStaff: null };
    client.createUserContext('ada', visitor);
    client.createUserContext('ada', {});
    client.createUserContext('ada', undefined);
    // @ts-expect-error: no attribute is an object
    client.createUserContext('ada', { plan: { name: 'gold' } });
    // @ts-expect-error: nor a date
    client.createUserContext('ada', { since: new Date() });
    // @ts-expect-error: nor are attributes a list
    client.createUserContext('ada', ['gold']);
    // @ts-expect-error: or a text
    client.createUserContext('ada', 'gold');
  });
});
