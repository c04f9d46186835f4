import { describe, expect, it } from 'vitest';
import { decide, detailedTrace, type ForcedDecisions, type Rule, withForcedDecisions } from '../src/index.ts';
import { decideWithReasons, flag, project, rule, served, user, variation } from './project.ts';

/** `ada` has bucket 6005 for rule 1. */
const ada = user('ada');

function force(
  ...entries: readonly (readonly [flagKey: string, ruleKey: string | null, variationKey: string])[]
): ForcedDecisions {
  const forced = new Map<string, Map<string | null, string>>();
  for (const [flagKey, ruleKey, variationKey] of entries) {
    forced.set(flagKey, (forced.get(flagKey) ?? new Map()).set(ruleKey, variationKey));
  }
  return forced;
}

const holdout = (id: string, parts: Partial<Rule> = {}): Rule =>
  rule(id, [], {
    layerId: null,
    variations: [variation('$opt_dummy_variation_id', { key: 'off', featureEnabled: false })],
    trafficRanges: [{ entityId: '$opt_dummy_variation_id', endOfRange: 10_000 }],
    ...parts,
  });

const full = project({
  flags: [flag('a', ['1', '2'], { rolloutId: 'r' })],
  experiments: [rule('1', ['11', '12']), rule('2', ['21'])],
  rollouts: { r: [rule('8', ['81'], { audienceConditions: ['9'] }), rule('9', ['91'])] },
});

describe('an unknown flag', () => {
  it('is an error decision with its reason', () => {
    const { outcome, reasons } = decideWithReasons(full, ada, {}, 'unknown');
    expect(outcome).toEqual({
      status: 'flag-not-found',
      errorCode: 'flag-not-found',
      flagKey: 'unknown',
      rule: null,
      variation: null,
      ruleKey: null,
      variationKey: null,
      source: 'rollout',
      basis: null,
      enabled: false,
      variables: {},
      invalidVariables: [],
      assignment: null,
      cmabUuid: undefined,
    });
    expect(reasons).toEqual(['No flag was found for key "unknown".']);
  });

  it.each(['constructor', '__proto__', 'toString', ''])('[DF-03] %j is one like any other', (flagKey) => {
    expect(decide(full, ada, flagKey).status).toBe('flag-not-found');
  });
});

describe('precedence within a flag', () => {
  const globalHoldouts = [holdout('h')];

  it('forced flag, holdout, experiments, deliveries: the first that answers', () => {
    const forcedFlag = withForcedDecisions(ada, force(['a', null, 'variation_12']));
    expect(served(decide({ ...full, globalHoldouts }, forcedFlag, 'a'))).toEqual([null, 'variation_12']);
    expect(served(decide({ ...full, globalHoldouts }, ada, 'a'))).toEqual(['rule_h', 'off']);
    expect(served(decide(full, ada, 'a'))).toEqual(['rule_1', 'variation_11']);
    const noExperiments = project({ flags: [flag('a', [], { rolloutId: 'r' })], rollouts: { r: [rule('9', ['91'])] } });
    expect(served(decide(noExperiments, ada, 'a'))).toEqual(['rule_9', 'variation_91']);
    expect(served(decide(project({ flags: [flag('a', [])] }), ada, 'a'))).toEqual([null, null]);
  });

  it('a global holdout beats a forced rule', () => {
    const forcedRule = withForcedDecisions(ada, force(['a', 'rule_1', 'variation_12']));
    expect(served(decide({ ...full, globalHoldouts }, forcedRule, 'a'))).toEqual(['rule_h', 'off']);
  });

  it('what is forced for another flag, or another rule, changes nothing here', () => {
    const elsewhere = withForcedDecisions(ada, force(['b', null, 'variation_12'], ['a', 'rule_9', 'variation_12']));
    expect(served(decide(full, elsewhere, 'a'))).toEqual(['rule_1', 'variation_11']);
    expect(served(decide(full, withForcedDecisions(ada, force(['b', null, 'variation_12'])), 'a'))).toEqual([
      'rule_1',
      'variation_11',
    ]);
  });

  it('names the source of the decision', () => {
    const forcedFlag = withForcedDecisions(ada, force(['a', null, 'variation_12']));
    const delivery = project({ flags: [flag('a', [], { rolloutId: 'r' })], rollouts: { r: [rule('9', ['91'])] } });
    expect([
      decide(full, forcedFlag, 'a').source,
      decide(full, ada, 'a').source,
      decide({ ...full, globalHoldouts }, ada, 'a').source,
      decide(delivery, ada, 'a').source,
      decide(project({ flags: [flag('a', [])] }), ada, 'a').source,
    ]).toEqual(['feature-test', 'feature-test', 'holdout', 'rollout', 'rollout']);
  });
});

describe('forced decisions', () => {
  it('one that names no variation of the flag leaves a reason and changes nothing', () => {
    const who = withForcedDecisions(ada, force(['a', null, 'unknown'], ['a', 'rule_1', 'gone']));
    const { outcome, reasons } = decideWithReasons(full, who);
    expect(served(outcome)).toEqual(['rule_1', 'variation_11']);
    expect(reasons.slice(0, 2)).toEqual([
      'Invalid variation is mapped to flag (a) and user (ada) in the forced decision map.',
      'Invalid variation is mapped to flag (a), rule (rule_1) and user (ada) in the forced decision map.',
    ]);
  });

  it('may name any variation of the flag, of an experiment or of a delivery', () => {
    for (const key of ['variation_11', 'variation_21', 'variation_81', 'variation_91']) {
      const who = withForcedDecisions(ada, force(['a', 'rule_2', key], ['a', 'rule_1', 'gone']));
      const paused = { ...full, rules: new Map([...full.rules, ['1', rule('1', ['11'], { status: 'Paused' })]]) };
      const { outcome } = decideWithReasons(paused, who);
      expect(served(outcome)).toEqual(['rule_2', key]);
      expect([outcome.source, outcome.assignment]).toEqual(['feature-test', null]);
    }
  });

  it('count for their flag and rule only', () => {
    const who = withForcedDecisions(ada, force(['b', null, 'variation_12'], ['a', '', 'variation_12']));
    const { outcome, reasons } = decideWithReasons(full, who);
    expect(served(outcome)).toEqual(['rule_1', 'variation_11']);
    expect(reasons.some((text) => text.includes('forced decision map'))).toBe(false);
  });

  it('of variations with one key the one whose id comes first counts, ids that are integers first', () => {
    const config = project({
      flags: [flag('a', ['1', '2'])],
      experiments: [
        rule('1', [], { variations: [variation('x', { key: 'same' }), variation('30', { key: 'same' })] }),
        rule('2', [], { variations: [variation('4', { key: 'same' }), variation('x', { key: 'same' })] }),
      ],
    });
    const who = withForcedDecisions(ada, force(['a', null, 'same']));
    expect(decide(config, who, 'a').variation?.id).toBe('4');
  });
});

describe('variables', () => {
  const variables = [
    { id: 'v', key: 'size', type: 'integer', defaultValue: '1' },
    { id: 'w', key: 'bad', type: 'integer', defaultValue: 'x' },
  ];
  const config = project({
    flags: [flag('a', ['1'], { variables })],
    experiments: [rule('1', ['11'], { variations: [variation('11', { variables: [{ id: 'v', value: '2' }] })] })],
  });

  it('are those of the variation, the same frozen object each time', () => {
    const outcome = decide(config, ada, 'a');
    expect([outcome.enabled, outcome.variables, outcome.invalidVariables]).toEqual([
      true,
      { size: 2, bad: null },
      ['bad'],
    ]);
    expect(decide(config, user('bob'), 'a').variables).toBe(outcome.variables);
  });
});

describe('a trace', () => {
  it('changes no outcome, and without one no reason is built', () => {
    const { outcome, reasons } = decideWithReasons(full, ada);
    expect(decide(full, ada, 'a')).toEqual(outcome);
    expect(reasons).toEqual([
      'Evaluating audiences for experiment "rule_1": [].',
      'Audiences for experiment rule_1 collectively evaluated to TRUE.',
      'Assigned bucket 6005 to user with bucketing ID ada.',
      'User ada is in variation variation_11 of experiment rule_1.',
    ]);
  });

  it('for an explanation holds audiences with their conditions, and the traffic line', () => {
    const condition = { type: 'custom_attribute', name: 'age', match: 'ge', value: 18 };
    const config = project({
      experiments: [
        rule('1', ['11'], {
          audienceConditions: ['or', '7', '8'],
          trafficRanges: [
            { entityId: '', endOfRange: 1000 },
            { entityId: 'gone', endOfRange: 1000 },
            { entityId: '11', endOfRange: 7000 },
          ],
        }),
      ],
      audiences: { 7: ['and', condition] },
    });
    const trace = detailedTrace();
    decide(config, user('ada', { age: 17 }), 'a', { trace });
    expect(trace.reasons).toMatchObject([
      { code: 'audiences-evaluating', conditions: ['or', '7', '8'] },
      {
        code: 'audiences-evaluated',
        verdict: null,
        audiences: [
          {
            audienceId: '7',
            name: 'name of 7',
            verdict: false,
            conditions: [{ attribute: 'age', match: 'ge', expected: 18, actual: 17, verdict: false }],
          },
          { audienceId: '8', name: null, verdict: null, conditions: [] },
        ],
      },
      { code: 'experiment-audience-not-met' },
      { code: 'rollout-missing' },
      { code: 'rollout-miss' },
    ]);
    const second = detailedTrace();
    decide(config, user('ada', { age: 18 }), 'a', { trace: second });
    expect(second.reasons.at(-2)).toEqual({
      code: 'bucket-assigned',
      ruleKey: 'rule_1',
      bucketingId: 'ada',
      bucket: 6005,
      traffic: [
        { start: 0, end: 1000, variationKey: null },
        { start: 1000, end: 7000, variationKey: 'variation_11' },
      ],
    });
  });

  it('for an explanation holds empty traffic as such, also where a variation has an empty id', () => {
    const trafficRanges = [{ entityId: '', endOfRange: 10_000 }];
    const trace = detailedTrace();
    const outcome = decide(project({ experiments: [rule('1', [''], { trafficRanges })] }), user('ada'), 'a', { trace });
    expect(outcome.variation).toBeNull();
    const traffic = [{ start: 0, end: 10_000, variationKey: null }];
    expect(trace.reasons).toContainEqual(expect.objectContaining({ code: 'bucket-assigned', traffic }));
  });
});
