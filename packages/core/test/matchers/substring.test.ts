import { expect, it } from 'vitest';
import { compileMatch, type Match } from '../../src/matchers/match-types.ts';
import { judge } from './judge.ts';

it('[DF-08] a megabyte is searched in linear time', () => {
  const needle = `${'a'.repeat(500)}b`;
  const time = (length: number): number => {
    const text = 'a'.repeat(length);
    const match = compileMatch('substring', needle) as Match;
    const times = Array.from({ length: 7 }, () => {
      const started = performance.now();
      judge(match, text);
      return performance.now() - started;
    });
    return Math.min(...times);
  };
  time(1_000_000);
  // Twice the text takes about twice the time; the slack is for a shared machine.
  expect(time(2_000_000)).toBeLessThan(time(1_000_000) * 6 + 20);
});
