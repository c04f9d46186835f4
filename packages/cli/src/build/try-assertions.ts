/** Tries assertions on a datafile. */
import type { Assertion, BranchAssertion, ConditionTree, SplitAssertion, TestedUser } from '@sortition/authoring';
import { createUserSnapshot, decide, type ProjectConfig, type UserSnapshot, withSegments } from '@sortition/core';
import { parseDatafile } from '@sortition/datafile';
import { sampleRatio } from '@sortition/stats';
import { rulesOf, widthsOf } from '../check/rule-facts.ts';
import { formatConditions } from '../condition-text.ts';

/** A split that works is called broken once in a million tries. */
const ALARM = 1e-6;

/** Returns the problems as sentences; none when the assertion passes. */
export function tryAssertion(assertion: Assertion, config: ProjectConfig): readonly string[] {
  switch (assertion.asserts) {
    case 'variation': {
      const { flagKey, variationKey, user } = assertion;
      const outcome = decide(config, toUser(user), flagKey);
      const got = outcome.variation?.key ?? null;
      if (got === variationKey) return [];
      const by = outcome.rule === null ? '' : ` by rule "${outcome.rule.key}"`;
      return [
        `${describeUser(user)} gets ${describeKey(got)}${by} of flag "${flagKey}"; expected ${describeKey(variationKey)}.`,
      ];
    }
    case 'split':
      return trySplit(assertion, config);
    case 'branches':
      return assertion.subject.kind === 'flag' ? tryRules(assertion, config) : tryConditions(assertion);
  }
}

function trySplit({ flagKey, ruleKey, users, user }: SplitAssertion, config: ProjectConfig): readonly string[] {
  const { experiments, deliveries } = rulesOf(config, flagKey);
  const rule = [...experiments, ...deliveries].find(({ key }) => key === ruleKey);
  if (rule === undefined) return [`Flag "${flagKey}" has no rule "${ruleKey}".`];
  const counts = new Map<string, number>();
  for (let number = 1; number <= users; number += 1) {
    const outcome = decide(config, toUser({ ...user, userId: `user-${number}` }), flagKey);
    if (outcome.rule?.id !== rule.id || outcome.variation === null || outcome.basis === 'allow-list') continue;
    counts.set(outcome.variation.id, (counts.get(outcome.variation.id) ?? 0) + 1);
  }
  if (counts.size === 0)
    return [
      `Rule "${ruleKey}" of flag "${flagKey}" serves none of ${users} ids; give the attributes its audience asks for.`,
    ];
  const widths = widthsOf(rule.trafficRanges);
  const { ok, pValue } = sampleRatio(
    rule.variations.map(({ id }) => ({ observed: counts.get(id) ?? 0, expected: widths.get(id) ?? 0 })),
    { alarmBelow: ALARM },
  );
  if (ok) return [];
  const observed = rule.variations.map(({ id, key }) => `${counts.get(id) ?? 0} ${key}`).join(', ');
  return [
    `Rule "${ruleKey}" of flag "${flagKey}" splits ${users} ids into ${observed}, which is not its split (p ${pValue}).`,
  ];
}

function tryRules({ subject, users }: BranchAssertion, config: ProjectConfig): readonly string[] {
  if (subject.kind !== 'flag') return [];
  const { experiments, deliveries } = rulesOf(config, subject.key);
  const served = new Set(users.map((user) => decide(config, toUser(user), subject.key).rule?.key));
  return [...experiments.filter(({ status }) => status === 'Running'), ...deliveries]
    .filter(({ key }) => !served.has(key))
    .map(
      ({ key }) =>
        `Rule "${key}" of flag "${subject.key}" serves none of the ${users.length} users; add one it is for.`,
    );
}

/** Puts each condition in a separate audience, so that the client itself evaluates it. */
function tryConditions({ subject, users }: BranchAssertion): readonly string[] {
  if (subject.kind !== 'audience') return [];
  const leaves = leavesOf(subject.tree);
  const { config } = parseDatafile({
    version: '4',
    accountId: '',
    projectId: '',
    revision: '',
    attributes: [],
    events: [],
    experiments: [],
    groups: [],
    typedAudiences: leaves.map((leaf, index) => ({ id: `${index}`, name: `${index}`, conditions: ['or', leaf] })),
    audiences: [],
    featureFlags: leaves.map((_leaf, index) => ({
      id: `${index}`,
      key: `${index}`,
      experimentIds: [],
      rolloutId: `${index}`,
      variables: [],
    })),
    rollouts: leaves.map((_leaf, index) => ({
      id: `${index}`,
      experiments: [
        {
          id: `rule-${index}`,
          key: `${index}`,
          status: 'Running',
          layerId: '',
          audienceIds: [`${index}`],
          variations: [{ id: 'on', key: 'on', featureEnabled: true, variables: [] }],
          trafficAllocation: [{ entityId: 'on', endOfRange: 10_000 }],
          forcedVariations: {},
        },
      ],
    })),
  });
  return leaves.flatMap((leaf, index) => {
    const verdicts = users.map((user) => decide(config, toUser(user), `${index}`).enabled);
    const text = `The condition ${formatConditions(leaf as never)} of audience "${subject.name}"`;
    if (!verdicts.includes(true))
      return [`${text} holds for none of the ${users.length} users; add one that meets it.`];
    if (!verdicts.includes(false))
      return [`${text} holds for all ${users.length} users; add one that does not meet it.`];
    return [];
  });
}

function leavesOf(tree: ConditionTree): readonly ConditionTree[] {
  if (!Array.isArray(tree)) return [tree];
  return (tree as readonly unknown[])
    .filter((part): part is ConditionTree => typeof part === 'object' && part !== null)
    .flatMap(leavesOf);
}

function toUser({ userId = 'user-1', attributes, segments }: TestedUser): UserSnapshot {
  const user = createUserSnapshot(userId, attributes);
  return segments === undefined ? user : withSegments(user, new Set(segments));
}

function describeUser({ userId = 'user-1', attributes = {} }: TestedUser): string {
  const with_ = Object.entries(attributes).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return `User "${userId}"${with_.length === 0 ? '' : ` with ${with_.join(' and ')}`}`;
}

function describeKey(key: string | null): string {
  return key === null ? 'no variation' : `"${key}"`;
}
