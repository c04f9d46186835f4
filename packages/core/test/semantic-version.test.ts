import { describe, expect, it } from 'vitest';
import type { AttributeValue, JsonValue, Verdict } from '../src/index.ts';
import { compileMatch, judge } from './judge.ts';
import { fc, test } from './property.ts';
import { readVectors } from './vectors.ts';

interface VersionVector {
  readonly condition: string;
  readonly user: string;
  /** `null`: one of the two is no version. */
  readonly order: number | null;
}

const compare = (relation: string, expected: JsonValue | undefined, actual: AttributeValue): Verdict => {
  const match = compileMatch(`semver_${relation}`, expected);
  return match && judge(match, actual);
};

describe('versions', () => {
  it.each(readVectors<VersionVector>('semver'))(
    '$user stands at $order of $condition',
    ({ condition, user, order }) => {
      const verdict = (matches: boolean) => (order === null ? null : matches);
      expect(compare('eq', condition, user)).toBe(verdict(order === 0));
      expect(compare('gt', condition, user)).toBe(verdict(order === 1));
      expect(compare('ge', condition, user)).toBe(verdict(order !== -1));
      expect(compare('lt', condition, user)).toBe(verdict(order === -1));
      expect(compare('le', condition, user)).toBe(verdict(order !== 1));
    },
  );

  it.each([2, null, undefined, true])('%s is no version', (value) => {
    expect(compare('eq', '2', value)).toBe(null);
    expect(compileMatch('semver_eq', value)).toBe(null);
  });

  it('many versions one after the other, and the same again, are each judged by their own', () => {
    for (const round of [1, 2]) {
      for (let patch = 0; patch < 1_200; patch += 1) {
        expect([round, patch, compare('ge', '3.1.600', `3.1.${patch}`)]).toEqual([round, patch, patch >= 600]);
      }
    }
  });

  it('numbers compare alike whether or not a version is short and its numbers are small', () => {
    const number = fc.oneof(fc.nat(12), fc.integer({ min: 131_060, max: 131_080 }), fc.nat(20_000_000));
    const version = fc
      .tuple(fc.array(number, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '0', '000000000000000000000'))
      .map(([numbers, zeros]) => numbers.map((part) => `${zeros}${part}`).join('.'));
    test(fc.tuple(version, version), ([target, actual]) => {
      const wanted = target.split('.').map(Number);
      const numbers = actual.split('.').map(Number);
      const different = wanted.findIndex((part, index) => part !== numbers[index]);
      const order = different < 0 ? 0 : (numbers[different] ?? -1) < (wanted[different] as number) ? -1 : 1;
      return ['lt', 'eq', 'gt'].every((relation, index) => compare(relation, target, actual) === (index - 1 === order));
    });
  });

  it.each(['', '.', '1.', '.1', '1..2', '1.2.3.4', '1.2.3.', ' 1', '1 ', '-1', '1,2', '１'])(
    '"%s" is no version',
    (text) => {
      expect([compare('ge', '0', text), compileMatch('semver_ge', text)]).toEqual([null, null]);
    },
  );

  it('[DF-08] text above 64 KiB is no version', () => {
    const long = (length: number): string => `2-${'x'.repeat(length - 2)}`;
    expect(compare('eq', '2.0', long(65_536))).toBe(false);
    expect(compare('eq', '2.0', long(65_537))).toBe(null);
    expect(compileMatch('semver_eq', long(65_537))).toBe(null);
  });

  it('[DF-08] ten thousand dots and a megabyte of digits are judged within a bounded time', () => {
    const started = performance.now();
    for (const text of [
      '1.'.repeat(10_000),
      '9'.repeat(60_000),
      '9'.repeat(1_000_000),
      '-'.repeat(60_000),
      '1.'.repeat(500_000),
    ])
      compare('ge', '2.0.0', text);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
