import { describe, expect, it } from 'vitest';
import { type CmabPrediction, computeBucket, decide, detailedTrace, type Rule } from '../../src/index.ts';
import { cmabAttributes } from '../../src/internal.ts';
import { decideWithReasons, flag, project, rule, served, user } from '../project.ts';

const ada = user('ada');
const BUCKET = computeBucket('ada', '1');

const bandit = (trafficAllocation: number, parts: Partial<Rule> = {}): Rule =>
  rule('1', ['11', '12'], { trafficRanges: [], cmab: { attributeIds: ['x1'], trafficAllocation }, ...parts });

const configOf = (first: Rule) =>
  project({
    flags: [flag('a', ['1', '2']), flag('b', ['3'])],
    experiments: [first, rule('2', ['21']), rule('3', ['31'])],
  });

const answers = (prediction: CmabPrediction) => ({ predictions: new Map([['1', prediction]]) });

describe('a bandit', () => {
  it('is passed over where there are no predictions at all, as synchronous decisions must', () => {
    const { outcome, reasons } = decideWithReasons(configOf(bandit(10_000)), ada);
    expect(served(outcome)[0]).toBe('rule_2');
    expect(reasons.slice(2, 4)).toEqual([
      'CMAB is not supported in sync mode.',
      'User ada is in no variation of experiment rule_1.',
    ]);
  });

  it('asks for the prediction of a user inside its traffic, exclusive at the end', () => {
    const inside = decide(configOf(bandit(BUCKET + 1)), ada, 'a', { predictions: new Map() });
    expect([inside.status, inside.rule?.id, inside.variation, inside.enabled]).toEqual([
      'cmab-needed',
      '1',
      null,
      false,
    ]);
    const { outcome, reasons } = decideWithReasons(configOf(bandit(BUCKET)), ada, { predictions: new Map() });
    expect(served(outcome)[0]).toBe('rule_2');
    expect(reasons.slice(2, 4)).toEqual([
      `Assigned bucket ${BUCKET} to user with bucketing ID ada.`,
      'User ada is in no variation of experiment rule_1.',
    ]);
  });

  it('serves the predicted variation, does not store it, and leaves the bucket out of the reasons', () => {
    const { outcome, reasons } = decideWithReasons(
      configOf(bandit(10_000)),
      ada,
      answers({ variationId: '12', cmabUuid: 'uuid' }),
    );
    expect([served(outcome), outcome.cmabUuid, outcome.assignment, outcome.source]).toEqual([
      ['rule_1', 'variation_12'],
      'uuid',
      null,
      'feature-test',
    ]);
    expect(reasons).toEqual([
      'Evaluating audiences for experiment "rule_1": [].',
      'Audiences for experiment rule_1 collectively evaluated to TRUE.',
      'User ada is in variation variation_12 of experiment rule_1.',
    ]);
  });

  it('shows the bucket in explanations, on the part of the traffic that is let in', () => {
    const trace = detailedTrace();
    decide(configOf(bandit(9_999)), ada, 'a', { ...answers({ variationId: '12', cmabUuid: 'uuid' }), trace });
    expect(trace.reasons).toContainEqual({
      code: 'bucket-assigned',
      ruleKey: 'rule_1',
      bucketingId: 'ada',
      bucket: BUCKET,
      traffic: [{ start: 0, end: 9_999, variationKey: null }],
    });
  });

  it('that failed ends the flag with an error', () => {
    const { outcome, reasons } = decideWithReasons(configOf(bandit(10_000)), ada, answers(null));
    expect([outcome.status, outcome.rule?.id, outcome.variation]).toEqual(['cmab-failed', '1', null]);
    expect(reasons.at(-1)).toBe('Failed to fetch CMAB data for experiment rule_1.');
  });

  it('that names an unknown variation is passed over', () => {
    const { outcome, reasons } = decideWithReasons(
      configOf(bandit(10_000)),
      ada,
      answers({ variationId: 'gone', cmabUuid: 'uuid' }),
    );
    expect([served(outcome)[0], outcome.cmabUuid]).toEqual(['rule_2', undefined]);
    expect(reasons[2]).toBe('User ada is in no variation of experiment rule_1.');
  });

  it('that names a variation of another flag leaves the experiments', () => {
    const { outcome } = decideWithReasons(configOf(bandit(10_000)), ada, answers({ variationId: '31', cmabUuid: 'u' }));
    expect([served(outcome), outcome.status]).toEqual([[null, null], 'decided']);
  });

  it('is kept out by its group', () => {
    const config = project({
      flags: [flag('a', ['1'])],
      experiments: [bandit(10_000, { groupId: 'g' })],
      groups: [{ id: 'g', policy: 'random', trafficRanges: [] }],
    });
    const { outcome, reasons } = decideWithReasons(config, ada, { predictions: new Map() });
    expect([outcome.status, reasons[2]]).toEqual(['decided', 'User ada is not in any experiment of group g.']);
  });

  it('a stored assignment of its comes first', () => {
    const outcome = decide(configOf(bandit(10_000)), ada, 'a', { stored: new Map([['1', '11']]) });
    expect(served(outcome)).toEqual(['rule_1', 'variation_11']);
  });
});

describe('cmabAttributes', () => {
  const attributes = new Map([
    ['age', { id: 'x1', key: 'age' }],
    ['city', { id: 'x2', key: 'city' }],
    ['constructor', { id: 'x3', key: 'constructor' }],
  ]);
  const config = project({ attributes });
  const of = (attributeIds: readonly string[], values: Record<string, string | number>) => [
    ...cmabAttributes(config, user('ada', values), bandit(0, { cmab: { attributeIds, trafficAllocation: 0 } })),
  ];

  it('are those the rule may see and the user has, by id', () => {
    expect(of(['x1', 'gone'], { age: 7, city: 'Bern' })).toEqual([['x1', 7]]);
    expect(of(['x2', 'x1'], { age: 7, city: 'Bern' })).toEqual([
      ['x1', 7],
      ['x2', 'Bern'],
    ]);
    expect(of(['x1', 'x3'], {})).toEqual([]);
    expect([...cmabAttributes(config, user('ada', { age: 7 }), rule('2', []))]).toEqual([]);
  });
});
