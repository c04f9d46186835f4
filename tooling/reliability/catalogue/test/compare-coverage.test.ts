import { expect, it } from 'vitest';
import { compareCoverage } from '../compare-coverage.js';

const row = { id: 'DF-01', fault: 'dangling ids', status: 'required' } as const;
const test = (title: string, status = 'passed') => ({ title, status });

it('is content with a row whose tests passed, wherever the id stands in the title', () => {
  expect(compareCoverage([row], [test('a datafile [DF-01] [DF-02] is decided'), test('other')])).toEqual([
    'DF-02 is not a row of the catalogue: "a datafile [DF-01] [DF-02] is decided"',
  ]);
  expect(compareCoverage([row], [test('a datafile [DF-01] is decided')])).toEqual([]);
});

it.each([
  ['no test', [test('DF-01 without brackets')], 'DF-01 has no test: dangling ids'],
  ['a test that failed', [test('[DF-01] a'), test('[DF-01] b', 'failed')], 'DF-01 failed: "[DF-01] b"'],
  ['a test that was skipped', [test('[DF-01] a', 'skipped')], 'DF-01 skipped: "[DF-01] a"'],
])('finds a row with %s', (_, tests, problem) => {
  expect(compareCoverage([row], tests)).toEqual([problem]);
});

it('takes a struck row for settled when it has a reason and no test', () => {
  const struck = { ...row, status: 'struck' } as const;
  expect(compareCoverage([{ ...struck, reason: 'there is no strict mode' }], [])).toEqual([]);
  expect(compareCoverage([struck], [])).toEqual(['DF-01 is struck without a reason']);
  expect(compareCoverage([{ ...struck, reason: 'gone' }], [test('[DF-01] a')])).toEqual([
    'DF-01 is struck and has a test: "[DF-01] a"',
  ]);
});
