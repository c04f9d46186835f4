import { describe, expect, it } from 'vitest';
import { computeBucket, decide, type Rule, type UserSnapshot, withForcedDecisions } from '../../src/index.ts';
import { decideWithReasons, flag, project, rule, served, user } from '../project.ts';

const ada = user('ada');
const NOBODY = { audienceConditions: ['unknown'] };

function decideOn(rules: readonly Rule[], localHoldouts: Readonly<Record<string, readonly Rule[]>> = {}, who = ada) {
  const flags = [flag('a', [], { rolloutId: 'r' })];
  return decideWithReasons(project({ flags, rollouts: { r: rules }, localHoldouts }), who);
}

describe('deliveries', () => {
  it('serve the first whose audience and traffic take the user', () => {
    const { outcome, reasons } = decideOn([rule('7', ['71'], NOBODY), rule('8', ['81']), rule('9', ['91'])]);
    expect([served(outcome), outcome.source, outcome.assignment]).toEqual([
      ['rule_8', 'variation_81'],
      'rollout',
      null,
    ]);
    expect(reasons).toEqual([
      'Feature a is not attached to any experiments.',
      'Evaluating audiences for rule "1": ["unknown"].',
      'Audiences for rule 1 collectively evaluated to FALSE.',
      'User ada does not meet conditions for targeting rule 1.',
      'Evaluating audiences for rule "2": [].',
      'Audiences for rule 2 collectively evaluated to TRUE.',
      'User ada meets conditions for targeting rule 2.',
      `Assigned bucket ${computeBucket('ada', '8')} to user with bucketing ID ada.`,
      'User ada bucketed into targeting rule 2.',
      'User ada is in rollout of feature a.',
    ]);
  });

  it('outside the traffic of one the user goes straight to the last', () => {
    const none = { trafficRanges: [] };
    const { outcome, reasons } = decideOn([rule('7', ['71'], none), rule('8', ['81']), rule('9', ['91'])]);
    expect(served(outcome)).toEqual(['rule_9', 'variation_91']);
    expect(reasons.slice(5, 7)).toEqual([
      'User ada not bucketed into targeting rule 1 due to traffic allocation. Trying everyone rule.',
      'Evaluating audiences for rule "Everyone Else": [].',
    ]);
  });

  it('the last is "Everyone Else" by its place, has an audience of its own, and nothing comes after it', () => {
    const closed = decideOn([rule('9', ['91'], NOBODY)]);
    expect(served(closed.outcome)).toEqual([null, null]);
    expect(closed.reasons.slice(-2)).toEqual([
      'User ada does not meet conditions for targeting rule Everyone Else.',
      'User ada is not in rollout of feature a.',
    ]);
    const empty = decideOn([rule('9', ['91'], { trafficRanges: [] })]);
    expect(served(empty.outcome)).toEqual([null, null]);
    expect(empty.reasons.at(-1)).toBe('User ada is not in rollout of feature a.');
    expect(empty.reasons.some((text) => text.includes('Trying everyone rule'))).toBe(false);
  });

  it('an unknown variation in a range counts as outside the traffic', () => {
    const dangling = { trafficRanges: [{ entityId: 'gone', endOfRange: 10_000 }] };
    const { outcome, reasons } = decideOn([rule('8', ['81'], dangling), rule('9', ['91'])]);
    expect(served(outcome)[0]).toBe('rule_9');
    expect(reasons).toContain('Bucketed into an invalid variation ID. Returning null.');
  });

  it('know no status, no allow-list and no stored assignment', () => {
    const delivery = rule('9', ['91', '92'], { status: 'Paused', allowList: new Map([['ada', 'variation_92']]) });
    const config = project({ flags: [flag('a', [], { rolloutId: 'r' })], rollouts: { r: [delivery] } });
    expect(served(decide(config, ada, 'a', { stored: new Map([['9', '92']]) }))[1]).toBe('variation_91');
  });

  it('a forced decision comes first, for rules that are visited', () => {
    const force = (ruleKey: string, variationKey: string) =>
      withForcedDecisions(ada, new Map([['a', new Map([[ruleKey, variationKey]])]]));
    const rules = [rule('7', ['71'], NOBODY), rule('8', ['81']), rule('9', ['91'])];
    const first = decideOn(rules, {}, force('rule_7', 'variation_91'));
    expect([served(first.outcome), first.outcome.source]).toEqual([['rule_7', 'variation_91'], 'rollout']);
    expect(first.reasons.at(-1)).toBe('User ada is in rollout of feature a.');
    expect(served(decideOn(rules, {}, force('rule_9', 'variation_71')).outcome)[0]).toBe('rule_8');
    expect(served(decideOn(rules, {}, force('rule_7', 'gone')).outcome)[0]).toBe('rule_8');
  });

  it('a local holdout comes before the audience', () => {
    const { outcome, reasons } = decideOn([rule('8', ['81'], NOBODY), rule('9', ['91'])], { 8: [rule('h', ['off'])] });
    expect([served(outcome), outcome.source]).toEqual([['rule_h', 'variation_off'], 'holdout']);
    expect(reasons.at(-1)).toBe('User ada is in rollout of feature a.');
    const last = decideOn([rule('8', ['81'], NOBODY), rule('9', ['91'])], { 9: [rule('h', ['off'])] });
    expect(served(last.outcome)[0]).toBe('rule_h');
  });
});

describe('a delivery for all users that decided before', () => {
  const users = Array.from({ length: 40 }, (_, index) => user(`user-${index}`));
  const decideFor = (parts: Partial<Rule>, more: Parameters<typeof project>[0] = {}) => {
    const rollouts = { r: [rule('8', ['81'], parts), rule('9', ['91'])] };
    const config = project({ flags: [flag('a', [], { rolloutId: 'r' })], rollouts, ...more });
    return (who: UserSnapshot) => served(decide(config, who, 'a'))[0];
  };
  const half = (entityId: string) => [{ entityId, endOfRange: 5_000 }];
  const isInHalf = ({ userId }: UserSnapshot, id: string) => computeBucket(userId, id) < 5_000;

  it('still has its holdouts asked', () => {
    const localHoldouts = { 8: [rule('h', ['off'], { trafficRanges: half('off') })] };
    expect(users.map(decideFor({}, { localHoldouts }))).toEqual(
      users.map((who) => (isInHalf(who, 'h') ? 'rule_h' : 'rule_8')),
    );
  });

  it('still has its exclusion group asked', () => {
    const groups = [{ id: 'g', policy: 'random', trafficRanges: half('8') }];
    expect(users.map(decideFor({ groupId: 'g' }, { groups }))).toEqual(
      users.map((who) => (isInHalf(who, 'g') ? 'rule_8' : 'rule_9')),
    );
  });

  it('still comes after a forced decision, and says why when asked', () => {
    const forced = withForcedDecisions(ada, new Map([['a', new Map([['rule_9', 'variation_91']])]]));
    const config = project({ flags: [flag('a', [], { rolloutId: 'r' })], rollouts: { r: [rule('9', ['91'])] } });
    expect([ada, forced, ada].map((who) => decide(config, who, 'a').basis)).toEqual(['everyone', 'forced', 'everyone']);
    expect(decideWithReasons(config, ada).reasons.at(-1)).toBe('User ada is in rollout of feature a.');
  });
});

describe('a flag without deliveries', () => {
  it.each([
    ['', {}, 'There is no rollout of feature a.'],
    ['gone', {}, 'Invalid rollout ID gone attached to feature a'],
    ['r', { r: [] }, 'Rollout of feature r has no experiments'],
  ])('whose rollout id is %j says why', (rolloutId, rollouts, reason) => {
    const { outcome, reasons } = decideWithReasons(project({ flags: [flag('a', [], { rolloutId })], rollouts }), ada);
    expect([outcome.status, outcome.source, served(outcome)]).toEqual(['decided', 'rollout', [null, null]]);
    expect(reasons.slice(1)).toEqual([reason, 'User ada is not in rollout of feature a.']);
  });
});

it('flags that share a rollout have outcomes of their own', () => {
  const config = project({
    flags: [flag('a', [], { rolloutId: 'r' }), flag('b', [], { rolloutId: 'r' })],
    rollouts: { r: [rule('9', ['91'])] },
  });
  const keys = ['a', 'b', 'a', 'b'];
  expect(keys.map((key) => decide(config, user('ada'), key).flagKey)).toEqual(keys);
});
