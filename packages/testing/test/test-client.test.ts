import type { Client } from 'sortition';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createTestClient, type TestClient } from '../src/index.ts';

interface ShopFlags {
  checkout: { variations: 'one_page' | 'classic'; variables: { steps: number; label: string } };
  banner: { variations: 'on' | 'off' };
}

describe('createTestClient', () => {
  it('serves the flags it was given to every user', () => {
    const variables = { steps: 3, express: true, label: 'Pay', layout: { columns: [1, 2] }, ratio: 0.5, nothing: null };
    const client = createTestClient({ flags: { checkout: { variationKey: 'one_page', variables } } });
    for (const userId of ['ada', 'grace']) {
      const decision = client.createUserContext(userId).decide('checkout');
      expect(decision).toMatchObject({ variationKey: 'one_page', enabled: true, flagKey: 'checkout', ruleKey: 'test' });
      expect(decision.variables).toEqual(variables);
    }
  });

  it('names the variation after the state of the flag unless told otherwise', () => {
    const user = createTestClient({ flags: { a: {}, b: { enabled: false } } }).createUserContext('ada');
    expect(user.decide('a')).toMatchObject({ enabled: true, variationKey: 'on' });
    expect(user.decide('b')).toMatchObject({ enabled: false, variationKey: 'off' });
  });

  it('serves the variables of a disabled flag too', () => {
    const client = createTestClient({ flags: { checkout: { enabled: false, variables: { steps: 5 } } } });
    expect(client.createUserContext('ada').decide('checkout').variables).toEqual({ steps: 5 });
  });

  it('answers an error decision for a flag it was not given', () => {
    const decision = createTestClient().createUserContext('ada').decide('checkout');
    expect(decision.reasons).toEqual(['No flag was found for key "checkout".']);
  });

  it('lets a test change flags, also for users that exist already', () => {
    const client = createTestClient({ flags: { checkout: { enabled: false } } });
    const user = client.createUserContext('ada');
    expect(user.decide('checkout').enabled).toBe(false);
    client.setFlag('checkout', { variationKey: 'one_page' });
    expect(user.decide('checkout')).toMatchObject({ enabled: true, variationKey: 'one_page' });
    client.setFlag('banner', {});
    expect(Object.keys(user.decideAll())).toEqual(['checkout', 'banner']);
    client.removeFlag('checkout');
    expect(user.decide('checkout').reasons).toEqual(['No flag was found for key "checkout".']);
  });

  it('records decisions, impressions and conversions in the order they happen', () => {
    const client = createTestClient({ flags: { checkout: { variables: { steps: 3 } }, banner: { enabled: false } } });
    const user = client.createUserContext('ada', { plan: 'pro' });
    const { recorded } = client;
    user.decide('banner', ['DISABLE_DECISION_EVENT']);
    user.decide('checkout');
    user.trackEvent('purchase', { revenue: 4200 });
    const ada = { userId: 'ada', attributes: { plan: 'pro' } };
    const checkout = { ...ada, flagKey: 'checkout', variationKey: 'on', ruleKey: 'test', enabled: true };
    expect(recorded.decisions).toEqual([
      { ...ada, flagKey: 'banner', variationKey: 'off', ruleKey: 'test', enabled: false, variables: {} },
      { ...checkout, variables: { steps: 3 } },
    ]);
    expect(recorded.impressions).toEqual([checkout]);
    expect(recorded.conversions).toEqual([{ ...ada, eventKey: 'purchase', tags: { revenue: 4200 } }]);
    recorded.clear();
    expect(recorded).toMatchObject({ decisions: [], impressions: [], conversions: [] });
  });

  it('behaves like the client it stands in for', async () => {
    const client = createTestClient({ flags: { checkout: {} }, defaultDecideOptions: ['INCLUDE_REASONS'] });
    await client.ready();
    const user = client.createUserContext('ada');
    expect(user.decide('checkout').reasons.at(-1)).toBe('User ada is in variation on of experiment test.');
    expect((await user.decideAsync('checkout')).enabled).toBe(true);
    expect(user.explain('checkout')).toMatchObject({ variationKey: 'on', ruleKey: 'test' });
    expect(client.getProjectInfo()?.flags).toHaveProperty('checkout');
    expect(await client.close()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    user.trackEvent('purchase');
    expect(client.recorded.conversions).toEqual([]);
    expect(client.stats().ignoredAfterClose).toBe(1);
  });

  it.each(['__proto__', 'constructor', ''])('takes "%s" as a flag key, a variable key and an event key', (key) => {
    const flags = Object.fromEntries([[key, { variables: Object.fromEntries([[key, 'value']]) }]]);
    const client = createTestClient({ flags });
    const user = client.createUserContext('ada');
    const { variables } = user.decide(key);
    expect(Object.getOwnPropertyDescriptor(variables, key)?.value).toBe('value');
    user.trackEvent(key);
    expect(client.recorded.conversions).toHaveLength(1);
  });

  it('does not keep or change what it was given', () => {
    const flags = { checkout: { variables: { layout: { columns: 1 } } } };
    const client = createTestClient({ flags });
    flags.checkout.variables.layout.columns = 2;
    expect(client.createUserContext('ada').decide('checkout').variables).toEqual({ layout: { columns: 1 } });
    expect(Object.isFrozen(flags.checkout.variables.layout)).toBe(false);
  });

  it('is typed by the flags of the application, which may be an interface', () => {
    const client = createTestClient<ShopFlags>({
      flags: { checkout: { variationKey: 'classic', variables: { steps: 1, label: 'x' } } },
    });
    expectTypeOf(client).toExtend<Client<ShopFlags>>();
    expectTypeOf(client).toEqualTypeOf<TestClient<ShopFlags>>();
    expectTypeOf(client.createUserContext('ada').decide('checkout').variables.steps).toBeNumber();
    // @ts-expect-error: no such variation
    client.setFlag('checkout', { variationKey: 'two_pages' });
    // @ts-expect-error: no such flag
    client.setFlag('search', {});
    expectTypeOf(createTestClient({ flags: { any: { variationKey: 'x' } } })).toEqualTypeOf<TestClient>();
  });
});
