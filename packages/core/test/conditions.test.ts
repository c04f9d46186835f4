import { describe, expect, it } from 'vitest';
import type { CompiledCondition } from '../src/conditions.ts';
import type { Attributes, JsonValue, Verdict } from '../src/index.ts';
import { createUserSnapshot, withSegments } from '../src/index.ts';
import { explainAudience, judgeAudience } from './audience.ts';
import { compileMatch, judge } from './judge.ts';
import { user } from './project.ts';
import { readVectors } from './vectors.ts';

interface ConditionVector {
  readonly conditions: JsonValue;
  readonly attributes?: Attributes;
  readonly segments?: readonly string[] | null;
  readonly verdict: Verdict;
}

describe('vectors', () => {
  it.each(readVectors<ConditionVector>('conditions').map((vector, index) => ({ index, ...vector })))(
    '$index: $conditions of $attributes $segments is $verdict',
    ({ conditions, attributes, segments, verdict }) => {
      const who = withSegments(createUserSnapshot('u', attributes), segments ? new Set(segments) : null);
      expect(judgeAudience(conditions, who)).toBe(verdict);
    },
  );
});

describe('what JSON cannot say', () => {
  const match = (name: string, value: JsonValue, actual: number): Verdict =>
    judgeAudience({ type: 'custom_attribute', name: 'x', match: name, value }, user('u', { x: actual }));

  it.each([Number.NaN, Infinity, -Infinity])('[IN-04] %d takes part in no comparison, but exists', (actual) => {
    for (const name of ['exact', 'gt', 'ge', 'lt', 'le']) expect(match(name, 1, actual)).toBe(null);
    expect(match('exists', null, actual)).toBe(true);
  });

  it('[IN-04] numbers take part up to 2^53 and not beyond, on both sides', () => {
    const bound = 2 ** 53;
    expect([match('exact', bound, bound), match('exact', -bound, -bound)]).toEqual([true, true]);
    expect([match('ge', 0, bound), match('le', 0, -bound)]).toEqual([true, true]);
    expect([match('ge', 0, bound + 2), match('le', 0, -bound - 2)]).toEqual([null, null]);
    expect([match('le', bound + 2, 0), match('ge', -bound - 2, 0)]).toEqual([null, null]);
  });

  it('[IN-04] -0 equals 0', () => {
    expect([match('exact', 0, -0), match('ge', 0, -0), match('gt', 0, -0)]).toEqual([true, true, false]);
  });
});

describe('what an explanation gets to see', () => {
  const explain = (condition: JsonValue, attributes?: Attributes, segments?: readonly string[]) => {
    const who = withSegments(user('u', attributes), segments ? new Set(segments) : null);
    return explainAudience(condition, who)?.conditions ?? [];
  };

  it('an attribute with both values', () => {
    const condition = { type: 'custom_attribute', name: 'age', match: 'ge', value: 18 };
    expect(explain(condition, { age: 17 })).toEqual([
      { attribute: 'age', match: 'ge', expected: 18, actual: 17, verdict: false },
    ]);
    expect(explain(condition, {})).toEqual([
      { attribute: 'age', match: 'ge', expected: 18, actual: undefined, verdict: null },
    ]);
  });

  it('a segment', () => {
    const condition = { type: 'third_party_dimension', match: 'qualified', value: 'buyers' };
    expect(explain(condition, {}, ['buyers'])).toEqual([
      { segment: 'buyers', match: 'qualified', expected: 'buyers', actual: undefined, verdict: true },
    ]);
  });

  it('what is not understood', () => {
    expect(explain({ type: 'custom_attribute', name: 'age', match: 'regex', value: '.' }, { age: 1 })).toEqual([
      { attribute: 'age', match: '"regex"', expected: '.', actual: undefined, verdict: null },
    ]);
    expect(explain({ type: 'future', name: 7 })).toEqual([
      { attribute: undefined, match: 'absent', expected: undefined, actual: undefined, verdict: null },
    ]);
    expect(explain('text')).toEqual([]);
  });
});

it('[DF-08] a megabyte is searched in linear time', () => {
  const needle = `${'a'.repeat(500)}b`;
  const time = (length: number): number => {
    const text = 'a'.repeat(length);
    const match = compileMatch('substring', needle) as CompiledCondition;
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
