/** Whether what was built says the same as what was imported, entity by entity. */
import type { Audience, Flag, JsonValue, ProjectConfig, Rule } from '@sortition/core';
import { ownersOf } from '../check/rule-facts.ts';
import { canonicalJson } from '../json-value.ts';

/** Whether two rules serve every user alike, and tell of it alike in events. */
export function isSameRule(
  before: Rule | undefined,
  after: Rule | undefined,
  variables: Flag['variables'],
  isDelivery: boolean,
): boolean {
  if (before === undefined || after === undefined) return before === after;
  return describeRule(before, variables, isDelivery) === describeRule(after, variables, isDelivery);
}

/** Whether two flags have the same variables and ask the same rules. */
export function isSameFlag(flagKey: string, before: ProjectConfig, after: ProjectConfig): boolean {
  const [old, now] = [before, after].map((config) => {
    const flag = config.flags.get(flagKey);
    return canonicalJson({
      id: flag?.id,
      experimentIds: flag?.experimentIds,
      deliveries: (config.rollouts.get(flag?.rolloutId ?? '') ?? []).map(({ id }) => id),
      variables: flag?.variables.map(({ id, key, type, defaultValue }) => [
        id,
        key,
        type,
        readText(type, defaultValue),
      ]),
    });
  });
  return old === now;
}

/** Whether two audiences ask the same. */
export function isSameAudience(before: Audience, after: Audience | undefined): boolean {
  return (
    after !== undefined &&
    before.name === after.name &&
    canonicalJson(simplify(before.conditions)) === canonicalJson(simplify(after.conditions))
  );
}

function describeRule(rule: Rule, variables: Flag['variables'], isDelivery: boolean): string {
  return canonicalJson({
    key: rule.key,
    status: isDelivery ? '' : rule.status,
    layerId: rule.layerId,
    groupId: rule.groupId,
    audience: simplify(rule.audienceConditions ?? null),
    allowList: [...(rule.allowList ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)),
    owners: ownersOf(rule.trafficRanges),
    bandit: rule.cmab ?? null,
    variations: rule.variations
      .map(({ id, key, featureEnabled = false, variables: usages = [] }) => [
        key,
        id,
        featureEnabled,
        variables.map((variable) => {
          const own = usages.find((usage) => usage.id === variable.id);
          return readText(variable.type, own?.value ?? variable.defaultValue);
        }),
      ])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  });
}

/** A value as applications get it. */
function readText(type: string, text: string): unknown {
  if (type === 'integer' || type === 'double') return Number(text);
  if (type !== 'json') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `and` and `or` of one condition are that condition; a list without an operator is `or`, and an empty one is for everyone. */
function simplify(tree: JsonValue): JsonValue {
  if (!Array.isArray(tree)) {
    if (typeof tree !== 'object' || tree === null) return tree;
    const { match = 'exact', ...others } = tree as Record<string, JsonValue>;
    return { ...others, match };
  }
  const [first, ...rest] = tree as JsonValue[];
  if (first === undefined) return null;
  const operator = first === 'and' || first === 'or' || first === 'not' ? first : 'or';
  const operands = (first === operator ? rest : (tree as JsonValue[])).map(simplify);
  return operator !== 'not' && operands.length === 1 ? (operands[0] as JsonValue) : [operator, ...operands];
}
