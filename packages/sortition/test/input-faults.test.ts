import { isSdkError } from '@sortition/core';
import { describe, expect, it } from 'vitest';
import { createClient, createStaticConfig, type DecideOption, type UserContext } from '../src/index.ts';
import { createRecordingSink } from './recording.ts';

type Json = Record<string, unknown>;

const rule = (id: string, parts: Json = {}): Json => ({
  id,
  key: `rule_${id}`,
  status: 'Running',
  layerId: 'layer',
  variations: [{ id: `${id}1`, key: `variation_${id}1`, featureEnabled: true }],
  trafficAllocation: [{ entityId: `${id}1`, endOfRange: 10_000 }],
  audienceIds: [],
  forcedVariations: {},
  ...parts,
});

const flag = (key: string, ruleId: string): Json => ({
  id: key,
  key,
  experimentIds: [ruleId],
  rolloutId: '',
  variables: [],
});

const DATAFILE = {
  version: '4',
  accountId: '1',
  projectId: '2',
  revision: '3',
  featureFlags: [flag('open', '1'), flag('gated', '2')],
  experiments: [rule('1'), rule('2', { audienceIds: ['x'] })],
  typedAudiences: [
    { id: 'x', name: 'x', conditions: ['or', { type: 'custom_attribute', name: 'age', match: 'ge', value: 18 }] },
  ],
  attributes: [{ id: 'age', key: 'age' }],
  events: [{ id: 'e', key: 'bought', experimentIds: [] }],
};

function createRecordedClient() {
  const events = createRecordingSink();
  return {
    events,
    client: createClient({ config: createStaticConfig({ datafile: DATAFILE }), events, logger: false }),
  };
}

const open = (user: UserContext): string | null => user.decide('open').variationKey;

/** Every public call of a context; none may throw. */
function callEverything(user: UserContext): void {
  user.decide('open', ['INCLUDE_REASONS']);
  user.decideForKeys(['open', 'gated']);
  user.decideAll();
  user.explain('gated');
  user.trackEvent('bought', { revenue: 1 });
  user.clone().decide('gated');
  JSON.stringify(user);
}

describe('user ids', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['NaN', Number.NaN],
    ['a boolean', true],
    ['an object', {}],
    ['an array', ['ada']],
    ['a symbol', Symbol('ada')],
    ['a bigint', 7n],
    ['a boxed string', Object('ada')],
    ['a function', () => 'ada'],
  ])('[IN-01] %s is refused where the context is created', (_name, userId) => {
    const { client } = createRecordedClient();
    try {
      client.createUserContext(userId as string);
      expect.fail('nothing was thrown');
    } catch (error) {
      expect(isSdkError(error) && error.code).toBe('invalid-user');
    }
  });

  it('[IN-02] the empty text is a user, the text "undefined" is not', () => {
    const { client } = createRecordedClient();
    expect(open(client.createUserContext(''))).toBe('variation_11');
    expect(() => client.createUserContext('undefined')).toThrow('undefined');
    expect(open(client.createUserContext('null'))).toBe('variation_11');
  });

  it.each([
    ['emoji', '😀'],
    ['joined emoji', '👩‍👩‍👧'],
    ['right to left', 'שלום'],
    ['decomposed', 'e\u0301'],
    ['NUL', 'a\u0000b'],
    ['a lone surrogate', '\ud800'],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('[IN-03] %s is decided for as it is', (_name, userId) => {
    const { client, events } = createRecordedClient();
    const user = client.createUserContext(userId, { age: 30 });
    callEverything(user);
    expect([user.userId, open(user)]).toEqual([userId, 'variation_11']);
    expect(events.impressions[0]?.userId).toBe(userId);
  });
});

describe('attributes', () => {
  const circular: Json = {};
  circular.self = circular;

  it.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['-0', -0],
    ['2^53 - 1', 2 ** 53 - 1],
    ['2^53', 2 ** 53],
    ['2^53 + 2', 2 ** 53 + 2],
    ['a bigint', 10n],
    ['a symbol', Symbol('x')],
    ['a function', () => 30],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['an array', [30]],
    ['a nested object', { age: { deep: [] } }],
    ['a circular object', circular],
    ['undefined', undefined],
    ['null', null],
    ['a megabyte of text', 'x'.repeat(1_000_000)],
  ])('[IN-04] %s makes no call throw and leaves other flags alone', (_name, age) => {
    const { client, events } = createRecordedClient();
    const user = client.createUserContext('ada', { age: age as never, other: 1 });
    callEverything(user);
    user.setAttribute('age', age as never);
    callEverything(user);
    expect(open(user)).toBe('variation_11');
    expect(user.decide('gated').variationKey).toBe(age === 2 ** 53 || age === 2 ** 53 - 1 ? 'variation_21' : null);
    expect(() => JSON.stringify(events.impressions.map(({ attributes }) => attributes))).not.toThrow();
  });

  it.each<[string, () => unknown]>([
    [
      'a getter that throws',
      () => ({
        age: 30,
        get bad(): never {
          throw new Error('no');
        },
      }),
    ],
    ['a proxy that throws on keys', () => new Proxy({ age: 30 }, { ownKeys: refuse })],
    ['a proxy that throws on reads', () => new Proxy({ age: 30 }, { get: refuse })],
    [
      'a proxy that throws on everything',
      () => new Proxy({}, { ownKeys: refuse, get: refuse, has: refuse, getPrototypeOf: refuse }),
    ],
    ['a revoked proxy', revoked],
    [
      'a hundred thousand keys',
      () => Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index])),
    ],
    ['inherited keys', () => Object.create({ age: 30 })],
    ['a null-prototype object', () => Object.assign(Object.create(null), { age: 30 })],
    ['a frozen object', () => Object.freeze({ age: 30 })],
    ['an array', () => [30]],
    ['a text', () => 'age'],
    ['a function', () => () => 30],
  ])('[IN-05] %s as the attributes makes no call throw', (_name, create) => {
    const { client } = createRecordedClient();
    const user = client.createUserContext('ada', create() as object);
    callEverything(user);
    expect(open(user)).toBe('variation_11');
  });

  it('[IN-05] an object that is changed during an asynchronous decision does not change it', async () => {
    const { client } = createRecordedClient();
    const attributes = { age: 30 };
    const pending = client.createUserContext('ada', attributes).decideAsync('gated');
    attributes.age = 3;
    expect((await pending).variationKey).toBe('variation_21');
  });

  it('[IN-06] a megabyte in an attribute and ten thousand tags are no reason to throw', () => {
    const { client, events } = createRecordedClient();
    const user = client.createUserContext('ada', { age: 30, text: 'x'.repeat(1_000_000) });
    expect(user.decide('gated').variationKey).toBe('variation_21');
    user.trackEvent('bought', Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`tag${index}`, index])));
    expect(Object.keys(events.conversions[0]?.tags ?? {})).toHaveLength(10_000);
  });
});

describe('options', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'INCLUDE_REASONS'],
    ['an object', { 0: 'INCLUDE_REASONS', length: 1 }],
    ['names of Object.prototype', ['constructor', '__proto__', 'toString']],
    ['null, numbers and objects', [null, 7, {}, [], Symbol('x'), undefined]],
    ['unknown words', ['include_reasons', '']],
    ['a proxy that throws', new Proxy([], { get: refuse })],
    ['a revoked proxy', revoked()],
  ])('[IN-07] %s adds nothing', (_name, options) => {
    const { client } = createRecordedClient();
    const user = client.createUserContext('ada');
    const decision = user.decide('open', options as DecideOption[]);
    expect([decision.variationKey, decision.reasons]).toEqual(['variation_11', []]);
    expect(Object.keys(user.decideAll(options as DecideOption[]))).toEqual(['open', 'gated']);
  });

  it('[IN-07] what is known counts among what is not', () => {
    const { client } = createRecordedClient();
    const options = [null, 'INCLUDE_REASONS', 'constructor'] as unknown as DecideOption[];
    expect(client.createUserContext('ada').decide('open', options).reasons).toHaveLength(4);
  });
});

describe("the caller's objects", () => {
  it('[IN-08] are not changed', async () => {
    const { client } = createRecordedClient();
    const freeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    const attributes = freeze({ age: 30, $opt_experiment_bucket_map: { 1: { variation_id: '11' } } });
    const options = freeze(['INCLUDE_REASONS'] as const);
    const tags = freeze({ revenue: 1, nothing: null, deep: { a: [1] } });
    const user = client.createUserContext('ada', attributes);
    user.decide('open', options);
    user.decideForKeys(freeze(['open', 'gated', 'open']), options);
    await user.decideAllAsync(options);
    user.trackEvent('bought', tags);
    user.setForcedDecision(freeze({ flagKey: 'open' }), freeze({ variationKey: 'variation_11' }));
    user.qualifiedSegments = freeze(['a']);
    user.setAttribute('age', 31);
    expect(attributes).toEqual({ age: 30, $opt_experiment_bucket_map: { 1: { variation_id: '11' } } });
  });

  it('[IN-08] that we hand out can be changed without harm', () => {
    const { client } = createRecordedClient();
    const user = client.createUserContext('ada', { age: 30 });
    (user.attributes as Json).age = 3;
    (user.toJSON().attributes as Json).age = 3;
    user.qualifiedSegments = ['a'];
    (user.qualifiedSegments as string[]).push('b');
    expect([user.decide('gated').variationKey, user.qualifiedSegments]).toEqual(['variation_21', ['a']]);
  });
});

describe('flag keys', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a number', 7],
    ['a text', 'open'],
    ['an object', {}],
    ['a set', new Set(['open'])],
  ])('[IN-09] decideForKeys(%s) answers {}', async (_name, keys) => {
    const user = createRecordedClient().client.createUserContext('ada');
    expect(user.decideForKeys(keys as string[])).toEqual({});
    expect(await user.decideForKeysAsync(keys as string[])).toEqual({});
  });

  it('[IN-09] a key named twice is decided and recorded once, a hundred thousand keys are answered', () => {
    const { client, events } = createRecordedClient();
    const user = client.createUserContext('ada');
    expect(Object.keys(user.decideForKeys(['open', 'open', 'open']))).toEqual(['open']);
    expect(events.impressions).toHaveLength(1);
    const many = Array.from({ length: 100_000 }, (_, index) => `flag${index}`);
    expect(Object.keys(user.decideForKeys([...many, 'open']))).toHaveLength(100_001);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a number', 7],
    ['a symbol', Symbol('open')],
    ['an object', {}],
    ['an object that cannot be text', Object.create(null)],
    ['constructor', 'constructor'],
    ['__proto__', '__proto__'],
  ])('[IN-09] %s as a flag key is an error decision', async (_name, key) => {
    const user = createRecordedClient().client.createUserContext('ada');
    for (const decision of [user.decide(key as string), await user.decideAsync(key as string)]) {
      expect([decision.variationKey, decision.enabled, decision.variables]).toEqual([null, false, {}]);
      expect(decision.reasons[0]).toContain('No flag was found for key');
    }
    expect(() => user.decideForKeys([key as string, 'open'])).not.toThrow();
    expect(() => user.explain(key as string)).not.toThrow();
    expect(() => user.trackEvent(key as string)).not.toThrow();
  });

  it('[IN-04] tags that cannot be read make trackEvent throw nothing', () => {
    const { client } = createRecordedClient();
    const user = client.createUserContext('ada');
    for (const tags of [
      new Proxy({}, { ownKeys: refuse }),
      {
        get revenue(): never {
          return refuse();
        },
      },
      null,
      'text',
      [1],
      7,
    ]) {
      expect(() => user.trackEvent('bought', tags as object as Json)).not.toThrow();
    }
  });
});

function refuse(): never {
  throw new Error('no');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
