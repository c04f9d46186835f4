import { describe, expect, it } from 'vitest';
import { createUserSnapshot, withAttribute, withForcedDecisions, withSegments } from '../src/index.ts';
import { setOwn, withAttributes } from '../src/internal.ts';

describe('createUserSnapshot', () => {
  it('copies what is an attribute', () => {
    const attributes = { text: 'a', empty: '', number: 1.5, yes: true, no: false, nothing: null };
    const user = createUserSnapshot('ada', attributes);
    expect(user).toMatchObject({
      userId: 'ada',
      attributes,
      bucketingId: 'ada',
      attributeAssignments: null,
      qualifiedSegments: null,
      forcedDecisions: null,
    });
    expect(user.attributes).not.toBe(attributes);
  });

  it.each([undefined, null, 'text', 7, true, [], ['a'], Symbol('x'), () => ({ a: 1 })])(
    '[IN-04] %s holds no attributes',
    (value) => {
      expect(createUserSnapshot('ada', value).attributes).toEqual({});
    },
  );

  it('[IN-04] numbers are kept as they are, also those no condition takes', () => {
    const numbers = { nan: Number.NaN, up: Infinity, down: -Infinity, zero: -0, big: 2 ** 53 + 2 };
    expect(createUserSnapshot('ada', numbers).attributes).toEqual(numbers);
  });

  it('[IN-04] values of other types are absent', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const others = {
      a: undefined,
      b: 10n,
      c: Symbol('x'),
      d: () => 1,
      e: new Date(),
      f: new Map(),
      g: circular,
      h: [1],
    };
    const user = createUserSnapshot('ada', { ...others, kept: 1 });
    expect(user.attributes).toEqual({ kept: 1 });
    expect(Object.keys(user.attributes)).toEqual(['kept']);
  });

  it('[IN-05] a getter that throws costs its own attribute, and each property is read once', () => {
    let reads = 0;
    const hostile = {
      get bad(): string {
        throw new Error('no');
      },
      get counted(): number {
        reads += 1;
        return reads;
      },
      good: 1,
    };
    expect(createUserSnapshot('ada', hostile).attributes).toEqual({ counted: 1, good: 1 });
    expect(reads).toBe(1);
  });

  it('[IN-05] a proxy whose traps throw has no attributes', () => {
    const refuse = () => {
      throw new Error('no');
    };
    expect(createUserSnapshot('ada', new Proxy({ a: 1 }, { ownKeys: refuse })).attributes).toEqual({});
    expect(createUserSnapshot('ada', new Proxy({ a: 1 }, { get: refuse })).attributes).toEqual({});
    expect(createUserSnapshot('ada', new Proxy({ a: 1 }, { getOwnPropertyDescriptor: refuse })).attributes).toEqual({});
    expect(createUserSnapshot('ada', new Proxy({ a: 1 }, { has: refuse })).attributes).toEqual({ a: 1 });
    const { proxy, revoke } = Proxy.revocable({ a: 1 }, {});
    revoke();
    expect(createUserSnapshot('ada', proxy).attributes).toEqual({});
  });

  it('[IN-05] inherited keys are no attributes; null-prototype and frozen objects are fine', () => {
    const inherits = Object.create({ inherited: 1 });
    inherits.own = 2;
    expect(createUserSnapshot('ada', inherits).attributes).toEqual({ own: 2 });
    const bare = Object.assign(Object.create(null), { a: 1 });
    expect(createUserSnapshot('ada', bare).attributes).toEqual({ a: 1 });
    expect(createUserSnapshot('ada', Object.freeze({ a: 1 })).attributes).toEqual({ a: 1 });
  });

  it('[IN-05] a hundred thousand keys are read', () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, index]));
    expect(Object.keys(createUserSnapshot('ada', many).attributes)).toHaveLength(100_000);
  });

  it('[IN-05] later changes by the caller do not reach it', () => {
    const attributes = { a: 1 };
    const user = createUserSnapshot('ada', attributes);
    attributes.a = 2;
    expect(user.attributes).toEqual({ a: 1 });
  });

  it('[DF-03] attributes called like properties of Object.prototype are ordinary', () => {
    const attributes = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}');
    const user = createUserSnapshot('ada', attributes);
    expect(Object.entries(user.attributes)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', 'c'],
    ]);
    expect(Object.getPrototypeOf(user.attributes)).toBe(Object.prototype);
  });
});

describe('the bucketing id', () => {
  it.each([
    [{ $opt_bucketing_id: 'other' }, 'other'],
    [{ $opt_bucketing_id: '' }, ''],
    [{ $opt_bucketing_id: 7 }, 'ada'],
    [{ $opt_bucketing_id: null }, 'ada'],
    [{ $opt_bucketing_id: true }, 'ada'],
    [{}, 'ada'],
  ])('%j is bucketed as %j', (attributes, bucketingId) => {
    expect(createUserSnapshot('ada', attributes).bucketingId).toBe(bucketingId);
  });

  it('changes with its attribute', () => {
    const user = createUserSnapshot('ada');
    const other = withAttribute(user, '$opt_bucketing_id', 'other');
    expect([other.bucketingId, other.userId]).toEqual(['other', 'ada']);
    expect(withAttribute(other, '$opt_bucketing_id', undefined).bucketingId).toBe('ada');
  });
});

describe('the bucket map', () => {
  const read = (map: unknown) => createUserSnapshot('ada', { $opt_experiment_bucket_map: map }).attributeAssignments;

  it('is read into assignments and is no attribute', () => {
    const user = createUserSnapshot('ada', { $opt_experiment_bucket_map: { 1: { variation_id: '11' } }, a: 1 });
    expect([...(user.attributeAssignments ?? [])]).toEqual([['1', '11']]);
    expect(user.attributes).toEqual({ a: 1 });
  });

  it.each([null, 'text', 7, undefined])('%s is none', (map) => {
    expect(read(map)).toBe(null);
  });

  it('leaves out entries that name no variation id', () => {
    const map = {
      a: null,
      b: {},
      c: { variation_id: 7 },
      d: 'text',
      e: { variation_id: '' },
      f: { variation_id: '1' },
    };
    expect([...(read(map) ?? [])]).toEqual([
      ['e', ''],
      ['f', '1'],
    ]);
  });

  it('[IN-05] entries that throw are left out', () => {
    const map = {
      get bad(): object {
        throw new Error('no');
      },
      good: { variation_id: '1' },
      worse: {
        get variation_id(): string {
          throw new Error('no');
        },
      },
    };
    expect([...(read(map) ?? [])]).toEqual([['good', '1']]);
  });

  it('is replaced and removed as an attribute is', () => {
    const user = createUserSnapshot('ada', { $opt_experiment_bucket_map: { 1: { variation_id: '11' } } });
    const other = withAttribute(user, '$opt_experiment_bucket_map', { 2: { variation_id: '21' } });
    expect([...(other.attributeAssignments ?? [])]).toEqual([['2', '21']]);
    expect(withAttribute(other, '$opt_experiment_bucket_map', undefined).attributeAssignments).toBe(null);
    expect(withAttribute(other, 'a', 1).attributeAssignments).toBe(other.attributeAssignments);
    expect(Object.keys(other.attributes)).toEqual([]);
  });
});

describe('changed snapshots', () => {
  const user = createUserSnapshot('ada', { a: 1, b: 2 });

  it('leave the original alone', () => {
    const changed = withAttribute(user, 'a', 'x');
    expect([changed.attributes, user.attributes]).toEqual([
      { a: 'x', b: 2 },
      { a: 1, b: 2 },
    ]);
    expect(withAttribute(user, '__proto__', 'x').attributes).toEqual(JSON.parse('{"a":1,"b":2,"__proto__":"x"}'));
  });

  it.each([undefined, 10n, {}, () => 1])('a value of another type (%s) removes the attribute', (value) => {
    expect(withAttribute(user, 'a', value).attributes).toEqual({ b: 2 });
  });

  it('keep everything else', () => {
    const segments = new Set(['s']);
    const forced = new Map([['f', new Map([[null, 'v']])]]);
    const full = withForcedDecisions(withSegments(user, segments), forced);
    const number = expect.any(Number);
    expect(full).toEqual({ ...user, number, qualifiedSegments: segments, forcedDecisions: forced });
    expect(withAttribute(full, 'c', 3)).toEqual({ ...full, number, attributes: { a: 1, b: 2, c: 3 } });
    expect(withSegments(full, null).qualifiedSegments).toBe(null);
    expect(withForcedDecisions(full, null).forcedDecisions).toBe(null);
  });
});

describe('several attributes at once', () => {
  it('are set, replaced and removed as one by one', () => {
    const user = createUserSnapshot('ada', { a: 1, b: 2 });
    const changes: [string, unknown][] = [
      ['a', undefined],
      ['b', 3],
      ['c', 'x'],
      ['$opt_bucketing_id', 'bob'],
      ['$opt_experiment_bucket_map', { 1: { variation_id: '11' } }],
    ];
    const together = withAttributes(user, changes);
    const apart = changes.reduce((each, [key, value]) => withAttribute(each, key, value), user);
    expect(together).toEqual({ ...apart, number: expect.any(Number) });
    expect([together.bucketingId, together.attributes.b]).toEqual(['bob', 3]);
  });

  it('thousands take no longer than thousands', () => {
    let copies = 0;
    const counted = new Proxy(
      { a: 1 },
      {
        ownKeys(target) {
          copies += 1;
          return Reflect.ownKeys(target);
        },
      },
    );
    const user = { ...createUserSnapshot('ada'), attributes: counted };
    const changed = withAttributes(
      user,
      Array.from({ length: 4_000 }, (_, index) => [`key${index}`, index] as const),
    );
    expect([copies, Object.keys(changed.attributes).length]).toEqual([1, 4_001]);
  });
});

describe('setOwn', () => {
  it.each(['__proto__', 'constructor', 'plain'])('%s becomes an own, ordinary property', (key) => {
    const record = {};
    setOwn(record, key, 'value');
    expect(Object.getOwnPropertyDescriptor(record, key)).toEqual({
      value: 'value',
      enumerable: true,
      configurable: true,
      writable: true,
    });
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  });
});

it('[SEC-05] a polluted Object.prototype brings no bucketing id', () => {
  const prototype = Object.prototype as { $opt_bucketing_id?: string };
  prototype.$opt_bucketing_id = 'polluted';
  try {
    expect(createUserSnapshot('ada', { plan: 'pro' }).bucketingId).toBe('ada');
    expect(withAttribute(createUserSnapshot('ada'), 'plan', 'pro').bucketingId).toBe('ada');
  } finally {
    delete prototype.$opt_bucketing_id;
  }
});
