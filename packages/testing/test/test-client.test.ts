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
    client.setFlag('banner', {});
    expect(client.createUserContext('ada').decide('checkout').variables).toEqual({ layout: { columns: 1 } });
    expect(Object.isFrozen(flags.checkout.variables.layout)).toBe(false);
  });

  it.each<[string, unknown]>([
    ['"flags" of a test client must be an object, got null', null],
    ['"flags" of a test client must be an object, got 5', 5],
    ['"flags" of a test client must be an object, got an array', [{}]],
    ['"a" of a test client must be an object, got null', { a: null }],
    ['"a" of a test client must be an object, got boolean', { a: true }],
    ['"a.variationKey" of a test client must be a text that is not empty, got 5', { a: { variationKey: 5 } }],
    ['"a.variationKey" of a test client must be a text that is not empty, got ""', { a: { variationKey: '' } }],
    ['"a.variationKey" of a test client must be a text that is not empty, got null', { a: { variationKey: null } }],
    ['"a.enabled" of a test client must be true or false, got string', { a: { enabled: 'no' } }],
    ['"a.variables" of a test client must be an object, got null', { a: { variables: null } }],
    ['"a.variables.x" of a test client must be a value that JSON has, got bigint', { a: { variables: { x: 1n } } }],
    ['"a.variables.x" of a test client must be a value that JSON has, got an array', { a: { variables: { x: [1n] } } }],
    [
      '"a.variables.x" of a test client must be a value that JSON has, got NaN',
      { a: { variables: { x: Number.NaN } } },
    ],
    ['"a.variables.x" of a test client must be a value that JSON has, got function', { a: { variables: { x: Date } } }],
  ])('refuses flags that are none: %s', (message, flags) => {
    const refusal = expect.objectContaining({ code: 'invalid-option', message: `${message}.` });
    expect(() => createTestClient({ flags: flags as never })).toThrow(refusal);
  });

  it.each([null, 5, 'checkout', []])('refuses %j in place of options', (options) => {
    const message = expect.stringContaining('"options" of a test client must be an object, got');
    const refusal = expect.objectContaining({ code: 'invalid-option', message });
    expect(() => createTestClient(options as never)).toThrow(refusal);
  });

  it('refuses a flag that is none later too, and goes on with those it had', () => {
    const client = createTestClient({ flags: { checkout: { variationKey: 'one_page' } } });
    const refusal = expect.objectContaining({ code: 'invalid-option' });
    for (const flag of [null, 5, { variationKey: 5 }, { variables: { steps: 1n } }]) {
      expect(() => client.setFlag('checkout', flag as never)).toThrow(refusal);
    }
    client.setFlag('banner', {});
    expect(client.createUserContext('ada').decide('checkout').variationKey).toBe('one_page');
  });

  it('takes undefined for something it was not given', () => {
    const checkout = { variationKey: undefined, enabled: undefined, variables: { steps: 3, label: undefined } };
    const client = createTestClient({ flags: { checkout, banner: undefined }, logger: undefined });
    const user = client.createUserContext('ada');
    expect(user.decide('checkout')).toMatchObject({ variationKey: 'on', enabled: true });
    expect(user.decide('checkout').variables).toStrictEqual({ steps: 3 });
    expect(Object.keys(user.decideAll())).toEqual(['checkout']);
    expect(createTestClient({ flags: undefined }).getProjectInfo()?.flags).toEqual({});
  });

  it('is typed by the flags of the application, which may be an interface', () => {
    const client = createTestClient<ShopFlags>({
      flags: { checkout: { variationKey: 'classic', variables: { steps: 1, label: 'x' } } },
    });
    expectTypeOf(client).toExtend<Client<ShopFlags>>();
    expectTypeOf(client).toEqualTypeOf<TestClient<ShopFlags>>();
    expectTypeOf(client.createUserContext('ada').decide('checkout').variables.steps).toEqualTypeOf<
      number | undefined
    >();
    // @ts-expect-error: no such variation
    client.setFlag('checkout', { variationKey: 'two_pages' });
    // @ts-expect-error: no such flag
    client.setFlag('search', {});
    expectTypeOf(createTestClient({ flags: { any: { variationKey: 'x' } } })).toEqualTypeOf<TestClient>();
  });
});
