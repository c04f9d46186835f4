import { describe, expect, it } from 'vitest';
import { type Explanation, formatExplanation, type Reason } from '../src/index.ts';

const AT = { ruleKey: 'test', userId: 'ada' } as const;
const ON = { ...AT, variationKey: 'on' } as const;
const GROUP = { ...AT, groupId: 'g', bucket: 7 } as const;

/** The lines of one step, without the two lines of the outcome. */
function linesOf(step: unknown, more: readonly unknown[] = []): readonly string[] {
  const explanation: Explanation = {
    ...{ flagKey: 'flag', userId: 'ada', revision: null, status: 'decided', ruleKey: 'test', variationKey: 'on' },
    ...{ source: 'feature-test', enabled: true, variables: {} },
    steps: [step, ...more] as readonly Reason[],
  };
  return formatExplanation(explanation).split('\n').slice(2);
}

const audiencesAt = (verdict: boolean | null, audiences?: readonly object[]) => ({
  ...{ code: 'audiences-evaluated', scope: 'experiment', ruleKey: 'test', name: 'test', verdict },
  ...(audiences && { audiences }),
});
const conditionLine = (check: object) =>
  linesOf(audiencesAt(true, [{ audienceId: '1', name: 'a', verdict: true, conditions: [check] }]))[2]?.trim();
const bucketAt = (bucket: number, traffic?: readonly object[]) => ({
  ...{ code: 'bucket-assigned', ruleKey: 'test', bucketingId: 'ada', bucket },
  ...(traffic && { traffic }),
});

describe('the lines of a step', () => {
  it.each<[object, string]>([
    [{ code: 'sdk-not-ready' }, 'the client has no datafile yet'],
    [{ code: 'flag-not-found', flagKey: 'flag' }, 'the datafile has no such flag'],
    [{ code: 'no-experiments', flagKey: 'flag' }, 'no experiments'],
    [{ code: 'rollout-missing', flagKey: 'flag' }, 'no deliveries'],
    [{ code: 'variable-invalid', variableKey: 'v' }, 'variable "v" cannot be read as its type: null'],
    [
      { code: 'bucket-invalid-variation' },
      'this part of the traffic belongs to a variation the datafile does not have',
    ],
    [{ code: 'forced-decision', ruleKey: null, variationKey: 'on' }, 'the application forces variation "on"'],
    [
      { code: 'forced-decision-invalid', ruleKey: null, variationKey: 'on' },
      'the application forces variation "on", which the flag does not have: ignored',
    ],
  ])('stand under the flag for %o', (step, line) => {
    expect(linesOf(step)).toEqual([`  ${line}`]);
  });

  it.each<[object, string]>([
    [{ code: 'experiment-not-running', ...AT }, 'not running: skipped'],
    [{ code: 'group-entered', ...GROUP }, 'exclusion group g, bucket 7: given to this experiment'],
    [{ code: 'group-other', ...GROUP }, 'exclusion group g, bucket 7: given to another experiment'],
    [{ code: 'group-none', ...GROUP }, 'exclusion group g, bucket 7: given to no experiment'],
    [{ code: 'experiment-variation', ...ON }, '=> variation "on"'],
    [{ code: 'experiment-no-variation', ...AT }, '=> no variation here'],
    [{ code: 'delivery-bucketed', ...AT }, '=> served here'],
    [{ code: 'delivery-not-bucketed', ...AT }, '=> no variation here; only the last delivery is left'],
    [{ code: 'allow-listed', ...ON }, '=> variation "on", by the allow-list'],
    [{ code: 'allow-list-invalid', ...ON }, 'the allow-list says variation "on", which does not exist: ignored'],
    [{ code: 'sticky', ...ON }, '=> variation "on", assigned before'],
    [
      { code: 'sticky-invalid', ...AT, variationId: '9' },
      'was assigned the variation with id 9, which does not exist any more: bucketed again',
    ],
  ])('stand under the rule for %o', (step, line) => {
    expect(linesOf(step)).toEqual(['  rule "test"', `    ${line}`]);
  });

  it.each([
    ['holdout-not-running', 'not running: skipped'],
    ['holdout-variation', '=> variation "on"'],
    ['holdout-no-variation', '=> no variation here'],
  ])('stand under the holdout for %s', (code, line) => {
    expect(linesOf({ code, ...ON })).toEqual(['  holdout "test"', `    ${line}`]);
  });

  it.each([
    ...['experiment-audience-not-met', 'delivery-audience-met', 'delivery-audience-not-met', 'audiences-evaluating'],
  ])('are none for %s, which only repeats its neighbours', (code) => {
    expect(linesOf({ code, ...AT })).toEqual(['  rule "test"']);
  });

  it.each(['holdout-audience-met', 'holdout-audience-not-met'])('are none for %s either', (code) => {
    expect(linesOf({ code, ...AT })).toEqual(['  holdout "test"']);
  });

  it.each(['rollout-hit', 'rollout-miss'])('are none for %s about the flag', (code) => {
    expect(linesOf({ code, userId: 'ada', flagKey: 'flag' })).toEqual([]);
  });

  it('are the reason text where a step has no words of its own', () => {
    expect(linesOf({ code: 'rollout-empty', flagKey: 'flag', rolloutId: 'r' })[0]).toContain('r');
  });

  it('share the heading of the rule before, until another rule has its turn', () => {
    const other = { ...AT, ruleKey: 'other' };
    const more = [
      { code: 'experiment-no-variation', ...AT },
      { code: 'delivery-bucketed', ...other },
    ];
    expect(linesOf({ code: 'group-entered', ...GROUP }, more)).toEqual([
      '  rule "test"',
      '    exclusion group g, bucket 7: given to this experiment',
      '    => no variation here',
      '  rule "other"',
      '    => served here',
    ]);
  });
});

describe('the first line', () => {
  const first = (outcome: object) =>
    formatExplanation({
      ...{ flagKey: 'flag', userId: 'ada', revision: '7', status: 'decided', ruleKey: 'test', variationKey: 'on' },
      ...{ source: 'feature-test', enabled: true, variables: {}, steps: [] },
      ...outcome,
    } as Explanation).split('\n');

  it.each([
    [{}, 'flag "flag" is on: variation "on", by experiment "test"'],
    [{ source: 'rollout', enabled: false }, 'flag "flag" is off: variation "on", by delivery "test"'],
    [{ source: 'holdout' }, 'flag "flag" is on: variation "on", by holdout "test"'],
    [{ ruleKey: null }, 'flag "flag" is on: variation "on", forced by the application'],
    [{ variationKey: null, enabled: false }, 'flag "flag" is off: no rule serves the user'],
    [{ status: 'flag-not-found' }, 'flag "flag": no decision'],
  ])('of %o tells the outcome', (outcome, line) => {
    expect(first(outcome)).toEqual([line, '  user "ada", datafile revision 7']);
  });

  it('is followed by the user alone where there is no datafile', () => {
    expect(first({ revision: null })[1]).toBe('  user "ada"');
  });
});

describe('the audiences of a rule', () => {
  it.each([
    [true, ['for everyone']],
    [false, ['=> not in the audience']],
    [null, ['=> not in the audience: unknown counts as no']],
  ])('come to one line when nothing was looked at and the verdict is %s', (verdict, lines) => {
    expect(linesOf(audiencesAt(verdict))).toEqual(['  rule "test"', ...lines.map((line) => `    ${line}`)]);
    expect(linesOf(audiencesAt(verdict, []))).toEqual(linesOf(audiencesAt(verdict)));
  });

  it('are marked by their verdicts, and the outcome is told unless the user is in', () => {
    const audience = (verdict: boolean | null, name: string | null) => ({
      audienceId: '5',
      name,
      verdict,
      conditions: [],
    });
    const audiences = [audience(true, 'a'), audience(false, 'b'), audience(null, null)];
    const marked = ['[x] audience "a"', '[ ] audience "b"', '[?] audience 5, which the datafile does not have'];
    expect(linesOf(audiencesAt(true, audiences)).slice(1)).toEqual(marked.map((line) => `    ${line}`));
    expect(linesOf(audiencesAt(false, audiences)).slice(4)).toEqual(['    => not in the audience']);
  });

  it.each([
    ['exact', 'is'],
    ['substring', 'contains'],
    ['gt', '>'],
    ['ge', '>='],
    ['lt', '<'],
    ['le', '<='],
    ['semver_eq', 'is version'],
    ['semver_gt', '> version'],
    ['semver_ge', '>= version'],
    ['semver_lt', '< version'],
    ['semver_le', '<= version'],
    ['of tomorrow', 'of tomorrow'],
  ])('compare by "%s" in the words "%s"', (match, words) => {
    const check = { attribute: 'age', match, expected: 1, actual: 2, verdict: false };
    expect(conditionLine(check)).toBe(`[ ] age ${words} 1 (2)`);
  });

  it.each([
    [{ attribute: 'age', match: 'exists', expected: undefined, actual: 2, verdict: true }, '[x] age is there (2)'],
    [{ attribute: 'age', match: 'gt', expected: 1, actual: undefined, verdict: null }, '[?] age > 1 (absent)'],
    [
      { attribute: 'age', match: 'gt', expected: 1, actual: 'x', verdict: null },
      '[?] age > 1 ("x", which cannot be compared)',
    ],
    [
      { attribute: 'age', match: 'gt', expected: 1, actual: Number.NaN, verdict: null },
      '[?] age > 1 (NaN, which cannot be compared)',
    ],
    [{ match: 'gt', expected: undefined, actual: 1, verdict: false }, '[ ] a condition > absent (1)'],
    [{ segment: 'vip', match: 'qualified', expected: 'vip', actual: undefined, verdict: true }, '[x] in segment "vip"'],
  ])('say what was compared: %o', (check, line) => {
    expect(conditionLine(check)).toBe(line);
  });

  it('show at most 80 characters of a value', () => {
    const shown = (length: number) =>
      conditionLine({ attribute: 'a', match: 'exact', expected: 1, actual: 'x'.repeat(length), verdict: false });
    expect(shown(78)).toBe(`[ ] a is 1 ("${'x'.repeat(78)}")`);
    expect(shown(79)).toBe(`[ ] a is 1 ("${'x'.repeat(79)}…)`);
  });
});

describe('the traffic line', () => {
  const half = [{ start: 0, end: 5_000, variationKey: 'on' }];

  it('is not drawn when one variation has all of it', () => {
    expect(linesOf(bucketAt(7, [{ start: 0, end: 10_000, variationKey: 'on' }]))).toEqual([
      '  rule "test"',
      '    bucket 7',
    ]);
    expect(linesOf(bucketAt(7, [{ start: 0, end: 9_999, variationKey: 'on' }]))).toHaveLength(4);
    expect(linesOf(bucketAt(7, [{ start: 0, end: 10_000, variationKey: null }]))).toHaveLength(4);
  });

  it('has a letter per variation, a dot for no variation, and the bucket under it', () => {
    expect(linesOf(bucketAt(5_000, half)).slice(2)).toEqual([
      `    |${'A'.repeat(25)}${'.'.repeat(25)}|  A on 0-4999`,
      `    ${' '.repeat(26)}^`,
    ]);
    const spans = [...half, { start: 5_000, end: 10_000, variationKey: null }];
    expect(linesOf(bucketAt(9_999, spans)).slice(2)).toEqual([
      `    |${'A'.repeat(25)}${'.'.repeat(25)}|  A on 0-4999, . no variation 5000-9999`,
      `    ${' '.repeat(50)}^`,
    ]);
  });

  it('ends a span before the middle of a cell and begins one at it', () => {
    const spans = [
      { start: 0, end: 100, variationKey: 'a' },
      { start: 100, end: 301, variationKey: 'b' },
    ];
    expect(linesOf(bucketAt(0, spans))[2]).toMatch(/^ {4}\|BB\.+\|/);
  });

  it('says so when there is no traffic at all', () => {
    expect(linesOf(bucketAt(0))).toEqual([
      '  rule "test"',
      '    bucket 0',
      `    |${'.'.repeat(50)}|  no traffic`,
      '     ^',
    ]);
  });

  it('names the bucketing id where it is not the user id', () => {
    expect(linesOf({ ...bucketAt(7, half), bucketingId: 'b' })[1]).toBe('    bucket 7 (of bucketing id "b")');
  });
});
