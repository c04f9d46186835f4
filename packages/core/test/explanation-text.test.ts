import { describe, expect, it } from 'vitest';
import { type Explanation, formatExplanation, type Reason } from '../src/index.ts';

function explanationOf(steps: readonly Reason[], outcome: Partial<Explanation> = {}): Explanation {
  return {
    flagKey: 'checkout',
    userId: 'ada',
    revision: '42',
    status: 'decided',
    ruleKey: 'test',
    variationKey: 'one_page',
    source: 'feature-test',
    enabled: true,
    variables: {},
    steps,
    ...outcome,
  };
}

const AT_TEST = { ruleKey: 'test', userId: 'ada' } as const;

describe('formatExplanation', () => {
  it('tells the outcome, then rule by rule conditions, bucket and result', () => {
    const scope = { scope: 'experiment', ruleKey: 'test', name: 'test' } as const;
    const text = formatExplanation(
      explanationOf([
        { code: 'audiences-evaluating', ...scope, conditions: ['or', '7'] },
        {
          code: 'audiences-evaluated',
          ...scope,
          verdict: true,
          audiences: [
            {
              audienceId: '7',
              name: 'pro',
              verdict: true,
              conditions: [
                { attribute: 'plan', match: 'exact', expected: 'pro', actual: 'pro', verdict: true },
                { attribute: 'age', match: 'ge', expected: 18, actual: undefined, verdict: null },
                { segment: 'buyers', match: 'qualified', expected: 'buyers', actual: undefined, verdict: false },
              ],
            },
          ],
        },
        {
          code: 'bucket-assigned',
          ruleKey: 'test',
          bucketingId: 'ada',
          bucket: 5_000,
          traffic: [
            { start: 0, end: 2_000, variationKey: null },
            { start: 2_000, end: 6_000, variationKey: 'one_page' },
            { start: 6_000, end: 8_000, variationKey: 'classic' },
          ],
        },
        { code: 'experiment-variation', ...AT_TEST, variationKey: 'one_page' },
      ]),
    );
    expect(text.split('\n')).toEqual([
      'flag "checkout" is on: variation "one_page", by experiment "test"',
      '  user "ada", datafile revision 42',
      '  rule "test"',
      '    [x] audience "pro"',
      '        [x] plan is "pro" ("pro")',
      '        [?] age >= 18 (absent)',
      '        [ ] in segment "buyers"',
      '    bucket 5000',
      '    |..........BBBBBBBBBBBBBBBBBBBBCCCCCCCCCC..........|  . no variation 0-1999, B one_page 2000-5999, C classic 6000-7999',
      `    ${' '.repeat(26)}^`,
      '    => variation "one_page"',
    ]);
  });

  it.each<[string, Partial<Explanation>, string]>([
    [
      'nothing serves',
      { variationKey: null, ruleKey: null, enabled: false },
      'flag "checkout" is off: no rule serves the user',
    ],
    ['a delivery serves', { source: 'rollout' }, 'flag "checkout" is on: variation "one_page", by delivery "test"'],
    [
      'a holdout holds',
      { source: 'holdout', enabled: false },
      'flag "checkout" is off: variation "one_page", by holdout "test"',
    ],
    ['the flag is forced', { ruleKey: null }, 'flag "checkout" is on: variation "one_page", forced by the application'],
    ['there is no decision', { status: 'flag-not-found' }, 'flag "checkout": no decision'],
  ])('says in the first line that %s', (_what, outcome, line) => {
    expect(formatExplanation(explanationOf([], outcome)).split('\n')[0]).toBe(line);
  });

  it('names a bucketing id that is not the user id, and a holdout as such', () => {
    const text = formatExplanation(
      explanationOf([
        { code: 'bucket-assigned', ruleKey: 'quiet', bucketingId: 'team-7', bucket: 1 },
        { code: 'holdout-no-variation', ruleKey: 'quiet', userId: 'ada' },
        { code: 'group-other', ...AT_TEST, groupId: '9', bucket: 12 },
      ]),
    );
    expect(text).toContain('  holdout "quiet"\n    bucket 1 (of bucketing id "team-7")');
    expect(text).toContain('    => no variation here');
    expect(text).toContain('  rule "test"\n    exclusion group 9, bucket 12: given to another experiment');
  });

  it('keeps hostile values on one short line', () => {
    const text = formatExplanation(explanationOf([], { userId: `a\nb${'x'.repeat(1_000)}` }));
    expect(text.split('\n')).toHaveLength(2);
    expect(text.length).toBeLessThan(250);
  });
});
