import { describe, expect, it } from 'vitest';
import {
  versionEqual,
  versionGreater,
  versionGreaterOrEqual,
  versionLess,
  versionLessOrEqual,
} from '../../src/matchers/semantic-version.ts';
import { readVectors } from '../vectors.ts';

interface VersionVector {
  readonly condition: string;
  readonly user: string;
  /** `null`: one of the two is no version. */
  readonly order: number | null;
}

describe('versions', () => {
  it.each(readVectors<VersionVector>('semver'))(
    '$user stands at $order of $condition',
    ({ condition, user, order }) => {
      const verdict = (matches: boolean) => (order === null ? null : matches);
      const judge = (compile: typeof versionEqual) => compile(condition)?.(user) ?? null;
      expect(judge(versionEqual)).toBe(verdict(order === 0));
      expect(judge(versionGreater)).toBe(verdict(order === 1));
      expect(judge(versionGreaterOrEqual)).toBe(verdict(order !== -1));
      expect(judge(versionLess)).toBe(verdict(order === -1));
      expect(judge(versionLessOrEqual)).toBe(verdict(order !== 1));
    },
  );

  it.each([2, null, undefined, true])('%s is no version', (value) => {
    expect(versionEqual('2')?.(value)).toBe(null);
    expect(versionEqual(value)).toBe(null);
  });

  it('[DF-08] text above 64 KiB is no version', () => {
    const long = (length: number): string => `2-${'x'.repeat(length - 2)}`;
    expect(versionEqual('2.0')?.(long(65_536))).toBe(false);
    expect(versionEqual('2.0')?.(long(65_537))).toBe(null);
    expect(versionEqual(long(65_537))).toBe(null);
  });

  it('[DF-08] ten thousand dots and a megabyte of digits are judged within a bounded time', () => {
    const started = performance.now();
    const judge = versionGreaterOrEqual('2.0.0');
    for (const text of [
      '1.'.repeat(10_000),
      '9'.repeat(60_000),
      '9'.repeat(1_000_000),
      '-'.repeat(60_000),
      '1.'.repeat(500_000),
    ])
      judge?.(text);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
