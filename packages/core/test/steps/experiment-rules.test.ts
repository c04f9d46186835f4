import { describe, expect, it } from 'vitest';
import { computeBucket, decide, detailedTrace, type Rule, withForcedDecisions } from '../../src/index.ts';
import { decideWithReasons, flag, project, rule, served, user } from '../project.ts';

const ada = user('ada');
const BUCKET = computeBucket('ada', '1');
const forced = new Map([['a', new Map([['rule_1', 'variation_12']])]]);
const NOT_RUNNING = 'Experiment rule_1 is not running.';

/** Experiment 1 as given, then experiment 2 for everybody. */
function configOf(first: Partial<Rule>, localHoldouts: Readonly<Record<string, readonly Rule[]>> = {}) {
  return project({
    flags: [flag('a', ['1', '2'])],
    experiments: [rule('1', ['11', '12'], first), rule('2', ['21'])],
    localHoldouts,
  });
}

describe('precedence within a rule', () => {
  const hold = { 1: [rule('h', ['off'])] };
  const allowList = new Map([['ada', 'variation_12']]);
  const stored = new Map([['1', '12']]);
  const nobody = { audienceConditions: ['unknown'] };

  it('a forced decision comes before local holdouts and status', () => {
    const who = withForcedDecisions(ada, forced);
    const { outcome } = decideWithReasons(configOf({ status: 'Paused' }, hold), who);
    expect([served(outcome), outcome.assignment]).toEqual([['rule_1', 'variation_12'], null]);
  });

  it('a local holdout comes before the status', () => {
    expect(served(decide(configOf({ status: 'Paused' }, hold), ada, 'a'))).toEqual(['rule_h', 'variation_off']);
  });

  it.each(['Paused', 'Archived', 'Not started', 'Launched', 'running', ''])(
    'the status %j comes before the allow-list and stored assignments',
    (status) => {
      const { outcome, reasons } = decideWithReasons(configOf({ status, allowList }), ada, { stored });
      expect([served(outcome)[0], reasons[0]]).toEqual(['rule_2', NOT_RUNNING]);
    },
  );

  it('the allow-list comes before stored assignments and the audience', () => {
    const { outcome, reasons } = decideWithReasons(configOf({ allowList, ...nobody }), ada, {
      stored: new Map([['1', '11']]),
    });
    expect([served(outcome), outcome.assignment]).toEqual([['rule_1', 'variation_12'], null]);
    expect(reasons).toEqual(['User ada is forced in variation variation_12.']);
  });

  it('an allow-list that names no variation of the rule changes nothing', () => {
    const { outcome, reasons } = decideWithReasons(configOf({ allowList: new Map([['ada', 'variation_21']]) }), ada);
    expect(served(outcome)).toEqual(['rule_1', 'variation_11']);
    expect(reasons[0]).toBe('Variation key variation_21 is not in datafile. Not activating user ada.');
    expect(decideWithReasons(configOf({ allowList }), user('bob')).reasons[0]).toMatch(/^Evaluating/);
  });

  it('the allow-list goes by the user id, not by the bucketing id', () => {
    const who = user('bob', { $opt_bucketing_id: 'ada' });
    expect(served(decide(configOf({ allowList }), who, 'a'))).toEqual(['rule_1', 'variation_11']);
  });

  it('stored assignments come before the audience', () => {
    const { outcome, reasons } = decideWithReasons(configOf(nobody), ada, { stored });
    expect([served(outcome), outcome.assignment]).toEqual([['rule_1', 'variation_12'], null]);
    expect(reasons).toEqual([
      'Returning previously activated variation "variation_12" of experiment "rule_1" for user "ada" from user profile.',
    ]);
  });

  it('the audience comes before bandits and buckets', () => {
    const cmab = { attributeIds: [], trafficAllocation: 10_000 };
    const { outcome, reasons } = decideWithReasons(configOf({ ...nobody, cmab }), ada);
    expect(served(outcome)[0]).toBe('rule_2');
    expect(reasons.slice(0, 3)).toEqual([
      'Evaluating audiences for experiment "rule_1": ["unknown"].',
      'Audiences for experiment rule_1 collectively evaluated to FALSE.',
      'User ada does not meet conditions to be in experiment rule_1.',
    ]);
  });
});

describe('the bucket', () => {
  const until = (endOfRange: number, entityId = '11') => configOf({ trafficRanges: [{ entityId, endOfRange }] });

  it('decides when it is below the end of the range', () => {
    const { outcome, reasons } = decideWithReasons(until(BUCKET + 1), ada);
    expect([served(outcome), outcome.assignment]).toEqual([
      ['rule_1', 'variation_11'],
      { experimentId: '1', variationId: '11' },
    ]);
    expect(reasons.slice(2)).toEqual([
      `Assigned bucket ${BUCKET} to user with bucketing ID ada.`,
      'User ada is in variation variation_11 of experiment rule_1.',
    ]);
  });

  it('at the end of the last range the next rule is tried', () => {
    const { outcome, reasons } = decideWithReasons(until(BUCKET), ada);
    expect([served(outcome), outcome.assignment]).toEqual([
      ['rule_2', 'variation_21'],
      { experimentId: '2', variationId: '21' },
    ]);
    expect(reasons[3]).toBe('User ada is in no variation of experiment rule_1.');
  });

  it('an empty range leads nowhere and says nothing more, a range of an unknown variation says so', () => {
    const empty = decideWithReasons(until(10_000, ''), ada);
    expect([served(empty.outcome)[0], empty.reasons[3]]).toEqual([
      'rule_2',
      'User ada is in no variation of experiment rule_1.',
    ]);
    const dangling = decideWithReasons(until(10_000, 'gone'), ada);
    expect([served(dangling.outcome)[0], dangling.reasons.slice(3, 5)]).toEqual([
      'rule_2',
      ['Bucketed into an invalid variation ID. Returning null.', 'User ada is in no variation of experiment rule_1.'],
    ]);
  });

  it('is that of the bucketing id', () => {
    const who = user('bob', { $opt_bucketing_id: 'ada' });
    const { reasons } = decideWithReasons(until(BUCKET + 1), who);
    expect(reasons.slice(2)).toEqual([
      `Assigned bucket ${BUCKET} to user with bucketing ID ada.`,
      'User bob is in variation variation_11 of experiment rule_1.',
    ]);
  });
});

describe('exclusion groups', () => {
  const GROUP_BUCKET = computeBucket('ada', 'g');
  const inGroup = (trafficRanges: Rule['trafficRanges'], policy = 'random') =>
    decideWithReasons(
      project({
        flags: [flag('a', ['1'])],
        experiments: [rule('1', ['11'], { groupId: 'g' })],
        groups: [{ id: 'g', policy, trafficRanges }],
      }),
      ada,
    );

  it('let a user into the rule that owns their bucket of the group', () => {
    const { outcome, reasons } = inGroup([{ entityId: '1', endOfRange: GROUP_BUCKET + 1 }]);
    expect(served(outcome)[0]).toBe('rule_1');
    expect(reasons.slice(2, 4)).toEqual([
      'User ada is in experiment rule_1 of group g.',
      `Assigned bucket ${BUCKET} to user with bucketing ID ada.`,
    ]);
  });

  it.each([
    [[{ entityId: '1', endOfRange: GROUP_BUCKET }], 'User ada is not in any experiment of group g.'],
    [[{ entityId: '2', endOfRange: 10_000 }], 'User ada is not in experiment rule_1 of group g.'],
    [[{ entityId: '', endOfRange: 10_000 }], 'User ada is not in experiment rule_1 of group g.'],
    [[], 'User ada is not in any experiment of group g.'],
  ])('%j keeps the user out', (ranges, reason) => {
    const { outcome, reasons } = inGroup(ranges);
    expect(served(outcome)).toEqual([null, null]);
    expect(reasons.slice(2, 4)).toEqual([reason, 'User ada is in no variation of experiment rule_1.']);
  });

  it.each(['overlapping', 'Random', ''])('with the policy %j keep nobody apart', (policy) => {
    expect(served(inGroup([], policy).outcome)[0]).toBe('rule_1');
  });

  it('that are unknown keep nobody apart', () => {
    const config = project({ flags: [flag('a', ['1'])], experiments: [rule('1', ['11'], { groupId: 'gone' })] });
    expect(served(decide(config, ada, 'a'))[0]).toBe('rule_1');
  });
});

describe('stored assignments', () => {
  const both = configOf({});
  const fresh = new Map([['1', '12']]);

  it('of this call come before those of attributes, which come before those of the profile', () => {
    const who = user('ada', { $opt_experiment_bucket_map: { 1: { variation_id: '12' } } } as never);
    expect(served(decide(both, who, 'a', { stored: new Map([['1', '11']]) }))[1]).toBe('variation_12');
    expect(served(decide(both, who, 'a', { fresh: new Map([['1', '11']]) }))[1]).toBe('variation_11');
    expect(served(decide(both, ada, 'a', { fresh, stored: new Map([['1', '11']]) }))[1]).toBe('variation_12');
  });

  it('are ignored on request, wherever they come from', () => {
    const who = user('ada', { $opt_experiment_bucket_map: { 1: { variation_id: '12' } } } as never);
    const outcome = decide(both, who, 'a', { fresh, stored: fresh, ignoreAssignments: true });
    expect(served(outcome)[1]).toBe('variation_11');
  });

  it('that name a variation no longer there change nothing, and are seen in an explanation', () => {
    const stored = new Map([['1', 'gone']]);
    const { outcome, reasons } = decideWithReasons(both, ada, { stored });
    expect([served(outcome)[1], outcome.assignment?.variationId, reasons.length]).toEqual(['variation_11', '11', 4]);
    const trace = detailedTrace();
    decide(both, ada, 'a', { stored, trace });
    expect(trace.reasons[0]).toEqual({ code: 'sticky-invalid', userId: 'ada', ruleKey: 'rule_1', variationId: 'gone' });
  });

  it('that name a variation of another rule serve it by its key', () => {
    const config = project({
      flags: [flag('a', ['1', '2'], { rolloutId: 'r' }), flag('b', ['3'])],
      experiments: [rule('1', ['11']), rule('2', ['21']), rule('3', ['31'])],
      rollouts: { r: [rule('9', ['91'])] },
    });
    expect(served(decide(config, ada, 'a', { stored: new Map([['1', '21']]) }))).toEqual(['rule_1', 'variation_21']);
    const { outcome, reasons } = decideWithReasons(config, ada, { stored: new Map([['1', '31']]) });
    expect([served(outcome), outcome.assignment]).toEqual([['rule_9', 'variation_91'], null]);
    expect(reasons[0]).toBe(
      'Returning previously activated variation "variation_31" of experiment "rule_1" for user "ada" from user profile.',
    );
    expect(reasons[1]).toMatch(/^Evaluating audiences for rule "Everyone Else"/);
  });

  it('are made also where the flag cannot serve the bucketed variation', () => {
    const config = project({
      flags: [flag('a', ['1', '2'], { rolloutId: 'r' }), flag('b', ['3'])],
      experiments: [
        rule('1', ['11'], { trafficRanges: [{ entityId: '31', endOfRange: 10_000 }] }),
        rule('2', ['21']),
        rule('3', ['31']),
      ],
      rollouts: { r: [rule('9', ['91'])] },
    });
    const outcome = decide(config, ada, 'a');
    expect([served(outcome), outcome.source]).toEqual([['rule_9', 'variation_91'], 'rollout']);
    expect(outcome.assignment).toEqual({ experimentId: '1', variationId: '31' });
  });
});

describe('experiments of a flag', () => {
  it('are tried in order; ids the config does not have are passed over', () => {
    const config = project({
      flags: [flag('a', ['gone', '2', '1'])],
      experiments: [rule('1', ['11']), rule('2', ['21'])],
    });
    const { outcome, reasons } = decideWithReasons(config, ada);
    expect([served(outcome)[0], reasons[0]]).toEqual(['rule_2', 'Evaluating audiences for experiment "rule_2": [].']);
  });

  it('a flag without any says so, one whose experiments are all unknown does not', () => {
    const none = decideWithReasons(project({ flags: [flag('a', [])] }), ada).reasons;
    expect(none[0]).toBe('Feature a is not attached to any experiments.');
    expect(decideWithReasons(project({ flags: [flag('a', ['gone'])] }), ada).reasons).toEqual([
      'There is no rollout of feature a.',
      'User ada is not in rollout of feature a.',
    ]);
  });

  it('of variations with one key in a rule the later is served', () => {
    const variations = [
      { id: '11', key: 'same', featureEnabled: false },
      { id: '12', key: 'same', featureEnabled: true },
    ];
    const outcome = decide(configOf({ variations }), ada, 'a');
    expect([outcome.variation?.id, outcome.assignment?.variationId, outcome.enabled]).toEqual(['12', '11', true]);
  });
});
