import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Variants, variantPayload, variantValue, withoutDefaultVariants } from '../src/index.ts';
import { parseVariants as parseReporting } from '../src/remote-variants.ts';

const parseVariants = (text: string) => parseReporting(text, () => undefined);
const parse = (variant: object) => parseVariants(JSON.stringify({ flag: variant })).flag;

describe('parseVariants', () => {
  it.each([
    [
      { key: 'on', value: 'on' },
      { key: 'on', value: 'on' },
    ],
    [{ key: 'off' }, { key: 'off' }],
    [
      { key: 'on', value: '' },
      { key: 'on', value: '' },
    ],
    [
      { key: 'on', value: 5 },
      { key: 'on', value: '5' },
    ],
    [
      { key: 'on', value: false },
      { key: 'on', value: 'false' },
    ],
    [
      { key: 'on', value: { a: [1] } },
      { key: 'on', value: '{"a":[1]}' },
    ],
    [{ key: 'on', value: null }, { key: 'on' }],
    [
      { key: 'on', payload: null },
      { key: 'on', payload: null },
    ],
    [
      { key: 'on', payload: 0 },
      { key: 'on', payload: 0 },
    ],
    [{ key: 'on', metadata: null }, { key: 'on' }],
    [
      { key: 'on', expKey: 'exp' },
      { key: 'on', expKey: 'exp' },
    ],
    [{ key: 'on', expKey: 5 }, { key: 'on' }],
    [
      { key: 'on', metadata: { experimentKey: 'exp-1' } },
      { key: 'on', expKey: 'exp-1', metadata: { experimentKey: 'exp-1' } },
    ],
    [
      { key: 'on', unknown: [1] },
      { key: 'on', unknown: [1] },
    ],
  ])('reads %j', (wire, variant) => {
    expect(parse(wire)).toEqual(variant);
  });

  it('keeps odd flag keys as ordinary ones', () => {
    const text = '{"__proto__":{"key":"on","value":"on"},"constructor":{"key":"on","value":"c"}}';
    for (const variants of [parseVariants(text), withoutDefaultVariants(parseVariants(text))]) {
      expect(Object.keys(variants)).toEqual(['__proto__', 'constructor']);
      expect(variantValue(variants, '__proto__', 'none')).toBe('on');
      expect(variantValue(variants, 'constructor', 'none')).toBe('c');
      expect(variantValue(variants, 'toString', 'none')).toBe('none');
    }
  });

  it.each([undefined, null])('finds the fallback in %s', (variants) => {
    expect(variantValue(variants as never, 'flag', 'none')).toBe('none');
    expect(variantPayload(variants as never, 'flag')).toBeUndefined();
  });
});

describe('withoutDefaultVariants', () => {
  const on = { key: 'on', value: 'on' };
  const all: Variants = {
    a: { ...on, metadata: { deployed: true } },
    off: { key: 'off', metadata: { default: true } },
    mutex: { key: 'slot-1', metadata: { deployed: false } },
    both: { key: 'off', metadata: { default: true, deployed: false } },
    bare: on,
  };

  it('leaves out defaults and flags that only steer others', () => {
    expect(withoutDefaultVariants(all)).toEqual({ a: all.a, bare: on });
    expect(Object.keys(all)).toHaveLength(5);
  });

  it('leaves the rest as it is, whatever it is', () => {
    const flag = fc.record({ default: fc.boolean(), deployed: fc.boolean() }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), flag), (flags) => {
        const variants = Object.fromEntries(
          Object.entries(flags).map(([name, metadata]) => [name, { key: 'on', metadata }]),
        );
        const kept = Object.keys(flags).filter((name) => !flags[name]?.default && flags[name]?.deployed !== false);
        expect(Object.keys(withoutDefaultVariants(variants))).toEqual(kept);
      }),
    );
  });
});

describe('the helpers', () => {
  const variants: Variants = { a: { key: 'on', value: 'blue', payload: { limit: 5 } }, off: { key: 'off' } };

  it('return the value or what to do without one', () => {
    expect(variantValue(variants, 'a', 'red')).toBe('blue');
    expect(variantValue(variants, 'off', 'red')).toBe('red');
    expect(variantValue(variants, 'missing', 'red')).toBe('red');
    expect(variants.a?.value === 'blue').toBe(true);
  });

  it('return the payload when it has the expected shape', () => {
    const hasLimit = (payload: unknown): payload is { limit: number } =>
      typeof payload === 'object' && payload !== null && 'limit' in payload && typeof payload.limit === 'number';
    expect(variantPayload(variants, 'a')).toEqual({ limit: 5 });
    expect(variantPayload(variants, 'a', hasLimit)?.limit).toBe(5);
    expect(variantPayload({ a: { key: 'on', payload: 'text' } }, 'a', hasLimit)).toBeUndefined();
    expect(variantPayload(variants, 'missing')).toBeUndefined();
    expect(variantPayload(variants, 'off', hasLimit)).toBeUndefined();
  });
});
