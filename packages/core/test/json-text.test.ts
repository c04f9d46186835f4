import { describe, expect, it } from 'vitest';
import { toJsonText } from '../src/json-text.ts';
import { fc, test } from './property.ts';

const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = wrap(value);
  return value;
};

describe('toJsonText', () => {
  it('is JSON.stringify for every value that is short and shallow', () => {
    test(fc.jsonValue({ maxDepth: 5 }), (value) => toJsonText(value, 1_000_000) === JSON.stringify(value));
  });

  it.each<[string, (inner: unknown) => unknown]>([
    ['arrays', (inner) => [inner]],
    ['objects', (inner) => ({ inner })],
    ['both', (inner) => [{ inner }]],
  ])('stops at a depth of its own: %s', (_name, wrap) => {
    expect(toJsonText(nested(1_000_000, wrap), 80)).toBeUndefined();
    expect(toJsonText(nested(20_000, wrap), 1_000_000)).toBeUndefined();
    expect(toJsonText(nested(50, wrap), 1_000)).toBe(JSON.stringify(nested(50, wrap)));
  });

  it('reads only the beginning of a long value', () => {
    let reads = 0;
    const long = new Proxy(
      Array.from({ length: 100_000 }, (_, index) => index),
      {
        get(target, key) {
          reads += 1;
          return Reflect.get(target, key);
        },
      },
    );
    expect(toJsonText(long, 40)).toMatch(/^\[0,1,2,.*…$/);
    expect(reads).toBeLessThan(200);
  });

  it.each([
    ['a text', 'x'.repeat(100_000), `"${'x'.repeat(9)}…`],
    ['texts in an object', { __proto__: null, a: 'x'.repeat(50) }, '{"a":"xxxx…'],
    ['a key like any other', JSON.parse('{"__proto__":"xxxxxxxxxxxxxxxxxxx"}') as unknown, '{"__proto_…'],
    ['nothing', undefined, 'absent'],
  ])('%s', (_name, value, text) => {
    expect(toJsonText(value, 10)).toBe(text);
  });

  it('shows what is in a value, and nothing that a library has written to the prototype of objects', () => {
    Object.assign(Object.prototype, { written: { by: 'a library' } });
    try {
      expect([toJsonText([], 10), toJsonText(['and', { a: 1 }], 100)]).toEqual(['[]', '["and",{"a":1}]']);
      expect(toJsonText({ a: 'x'.repeat(50) }, 10)).toBe('{"a":"xxxx…');
    } finally {
      Reflect.deleteProperty(Object.prototype, 'written');
    }
  });

  it.each([
    ['a bigint', 1n],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('no');
        },
      },
    ],
  ])('%s has no text', (_name, value) => {
    expect(toJsonText(value, 10)).toBeUndefined();
  });
});
