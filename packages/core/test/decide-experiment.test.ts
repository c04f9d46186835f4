import { describe, expect, it } from 'vitest';
import {
  computeBucket,
  type DecideInput,
  decide,
  decideExperiment,
  detailedTrace,
  formatExplanation,
  formatReason,
  type Reason,
  type Rule,
} from '../src/index.ts';
import { flag, project, rule, user, variation } from './project.ts';

const ada = user('ada');

/** A project without any flag: experiment 1 as given, and a delivery. */
function configOf(parts: Partial<Rule> = {}, more: Parameters<typeof project>[0] = {}) {
  return project({
    flags: [],
    experiments: [rule('1', ['11', '12'], parts)],
    rollouts: { r: [rule('9', ['91'])] },
    ...more,
  });
}

function ask(config: ReturnType<typeof project>, input: DecideInput = {}, key = 'rule_1') {
  const reasons: Reason[] = [];
  const outcome = decideExperiment(config, ada, key, { ...input, trace: { reasons } });
  expect(decideExperiment(config, ada, key, input).variation).toBe(outcome.variation);
  return { outcome, variation: outcome.variation?.key, basis: outcome.basis, reasons: reasons.map(formatReason) };
}

it('serves the variation of the bucket, to be stored, with an impression of its own kind', () => {
  const { outcome } = ask(configOf());
  expect(outcome).toMatchObject({
    status: 'decided',
    errorCode: null,
    flagKey: '',
    source: 'experiment',
    basis: 'bucket',
    enabled: true,
    variables: {},
    assignment: { experimentId: '1', variationId: '11' },
  });
  expect([outcome.rule?.key, outcome.variation?.key]).toEqual(['rule_1', 'variation_11']);
});

it.each(['unknown', 'rule_9', '', '__proto__', 'constructor'])('%j is not an experiment', (key) => {
  const { outcome, reasons } = ask(configOf(), {}, key);
  expect(outcome).toMatchObject({ status: 'experiment-not-found', errorCode: 'experiment-not-found', basis: null });
  expect(reasons).toEqual([`Experiment key ${key} is not in datafile.`]);
});

it('enabled tells whether there is a variation, whatever the variation says of a flag', () => {
  const off = [variation('11', { featureEnabled: false })];
  expect(ask(configOf({ variations: off })).outcome.enabled).toBe(true);
  expect(ask(configOf({ trafficRanges: [] })).outcome.enabled).toBe(false);
});

it('answers users of a variation with one object, which its flag does not share', () => {
  const off = rule('1', ['11', '12'], { variations: [variation('11', { featureEnabled: false })] });
  const config = project({ flags: [flag('f', ['1'])], experiments: [off] });
  const first = decide(config, ada, 'f');
  const outcome = Object.freeze(decideExperiment(config, ada, 'rule_1'));
  expect(decideExperiment(config, user('bob'), 'rule_1')).toBe(outcome);
  expect([first.variation, outcome.enabled]).toEqual([outcome.variation, true]);
  for (const served of [first, decide(config, ada, 'f')]) expect(served.enabled).toBe(false);
});

describe('the order within an experiment', () => {
  const forcedVariations = new Map([['1', '11']]);
  const allowList = new Map([['ada', 'variation_12']]);
  const stored = new Map([['1', '12']]);
  const nobody = { audienceConditions: ['unknown'] };

  it.each<[string, Partial<Rule>, DecideInput, string | undefined, string]>([
    [
      'the status comes before everything',
      { status: 'Paused', allowList },
      { forcedVariations, stored },
      undefined,
      'no-rule',
    ],
    ['a forced variation before the allow-list', { allowList }, { forcedVariations }, 'variation_11', 'forced'],
    [
      'the allow-list before what is stored',
      { allowList },
      { stored: new Map([['1', '11']]) },
      'variation_12',
      'allow-list',
    ],
    ['what is stored before the audience', nobody, { stored }, 'variation_12', 'sticky'],
    ['the audience before the bucket', nobody, {}, undefined, 'no-rule'],
    [
      'a forced variation that does not exist changes nothing',
      {},
      { forcedVariations: new Map([['1', 'gone']]) },
      'variation_11',
      'bucket',
    ],
  ])('%s', (_name, parts, input, variationKey, basis) => {
    expect(ask(configOf(parts), input)).toMatchObject({ variation: variationKey, basis });
  });

  it('a forced variation leaves its reason', () => {
    expect(ask(configOf(), { forcedVariations }).reasons).toEqual([
      'Variation variation_11 is mapped to experiment rule_1 and user ada in the forced variation map.',
    ]);
  });

  it('an exclusion group is entered only in its own part of the traffic', () => {
    const bucket = computeBucket('ada', 'g');
    const group = (entityId: string) => ({
      groups: [{ id: 'g', policy: 'random', trafficRanges: [{ entityId, endOfRange: bucket + 1 }] }],
    });
    expect(ask(configOf({ groupId: 'g' }, group('1'))).variation).toBe('variation_11');
    expect(ask(configOf({ groupId: 'g' }, group('other'))).variation).toBeUndefined();
  });

  it('holdouts and forced decisions belong to flags and are not asked', () => {
    const held = { globalHoldouts: [rule('h', ['off'])], localHoldouts: { 1: [rule('h2', ['off'])] } };
    expect(ask(configOf({}, held)).variation).toBe('variation_11');
  });

  it('a bandit needs its prediction and says so', () => {
    const bandit = configOf({ cmab: { attributeIds: [], trafficAllocation: 10_000 } });
    expect(ask(bandit).reasons[2]).toBe('CMAB is not supported in sync mode.');
    expect(ask(bandit, { predictions: new Map() }).outcome.status).toBe('cmab-needed');
    expect(ask(bandit, { predictions: new Map([['1', null]]) }).outcome.errorCode).toBe('cmab-failed');
    const predictions = new Map([['1', { variationId: '12', cmabUuid: 'uuid' }]]);
    expect(ask(bandit, { predictions }).outcome).toMatchObject({ basis: 'bandit', cmabUuid: 'uuid', enabled: true });
  });
});

it('of two experiments with one key the later counts', () => {
  const config = project({
    flags: [],
    experiments: [rule('1', ['11'], { key: 'twin' }), rule('2', ['21'], { key: 'twin' })],
  });
  expect(ask(config, {}, 'twin').variation).toBe('variation_21');
});

it('an experiment of a flag is decided alone too, and the flag keeps its own answer', () => {
  const config = configOf({}, { flags: [flag('a', ['1'])] });
  expect([decide(config, ada, 'a').source, ask(config).outcome.source, decide(config, ada, 'a').flagKey]).toEqual([
    'feature-test',
    'experiment',
    'a',
  ]);
});

it('is explained like a flag', () => {
  const trace = detailedTrace();
  const { status, rule: decided, source, enabled, variables } = decideExperiment(configOf(), ada, 'rule_1', { trace });
  const text = formatExplanation({
    flagKey: '',
    userId: 'ada',
    revision: '1',
    status,
    ruleKey: decided?.key ?? null,
    variationKey: 'variation_11',
    source,
    enabled,
    variables,
    steps: trace.reasons,
  });
  expect(text).toMatch(/^experiment "rule_1" is on: variation "variation_11"/);
});

describe('what settled a decision of a flag', () => {
  const half = { trafficRanges: [{ entityId: '91', endOfRange: 9_999 }] };
  it.each<[string, Partial<Rule>, string]>([
    ['everyone', {}, 'everyone'],
    ['audience', { audienceConditions: ['known'] }, 'audience'],
    ['bucket', half, 'bucket'],
  ])('a delivery: %s', (_name, parts, basis) => {
    const config = project({
      flags: [flag('a', [], { rolloutId: 'r' })],
      rollouts: { r: [rule('9', ['91'], parts)] },
      audiences: { known: ['not', ['or', { type: 'custom_attribute', name: 'x', match: 'exists' }]] },
    });
    expect(decide(config, ada, 'a')).toMatchObject({ source: 'rollout', basis, errorCode: null });
  });

  it('no rule at all', () => {
    expect(decide(project({ flags: [flag('a', [])] }), ada, 'a')).toMatchObject({ basis: 'no-rule', errorCode: null });
  });
});
