/** Which entities of a project cannot be written with the functions of `@sortition/authoring`. */
import type { ProjectConfig, Rule } from '@sortition/core';
import { BUCKETS, ownersOf, rulesOf } from '../check/rule-facts.ts';
import { canonicalJson, type Json } from '../json-value.ts';
import { isSameAudience, isSameFlag, isSameRule } from './same-meaning.ts';
import { defaultOf } from './variable-values.ts';
import { entitiesOf, type Raw } from './written.ts';

export function sizeOf(raw: Raw): number {
  return Object.values(raw).reduce((sum: number, set: Set<string>) => sum + set.size, 0);
}

/** What the functions have no words for, or refuse. */
export function findUnwritable(document: Json, config: ProjectConfig): Raw {
  const raw: Raw = { rules: new Set(), flags: new Set(), audiences: new Set(), holdouts: new Set(), groups: new Set() };
  const isKey = (key: string) => /^[\w-]+$/.test(key);
  const users = new Map<string, number>();
  for (const { experimentIds } of config.flags.values())
    for (const id of new Set(experimentIds)) users.set(id, (users.get(id) ?? 0) + 1);
  const keys = new Map<string, number>();
  for (const { key } of config.rules.values()) keys.set(key, (keys.get(key) ?? 0) + 1);
  const sources = new Map(entitiesOf(document).map((json) => [json.id, json]));
  for (const rule of config.rules.values()) {
    const isPlain =
      isKey(rule.key) &&
      keys.get(rule.key) === 1 &&
      (users.get(rule.id) ?? 0) <= 1 &&
      rule.cmab === undefined &&
      sources.get(rule.id)?.type !== 'fr' &&
      hasPlainRanges(rule.trafficRanges) &&
      rule.variations.every(({ key }) => key !== '');
    if (!isPlain) raw.rules.add(rule.id);
  }
  for (const [key, { variables: own }] of config.flags) {
    const isPlain =
      isKey(key) && own.every((variable) => variable.key !== 'enabled' && defaultOf(variable) !== undefined);
    if (!isPlain) raw.flags.add(key);
  }
  const names = [...config.audiences.values()].map(({ name }) => name);
  for (const { id, name } of config.audiences.values())
    if (name === '' || names.indexOf(name) !== names.lastIndexOf(name)) raw.audiences.add(id);
  for (const rule of config.globalHoldouts)
    if (!isKey(rule.key) || !hasPlainRanges(rule.trafficRanges) || rule.variations.length !== 1)
      raw.holdouts.add(rule.id);
  const attached = new Set([...config.flags.values()].flatMap(({ experimentIds }) => experimentIds));
  for (const { id, policy, trafficRanges } of config.groups.values()) {
    const members = [...config.rules.values()].filter(({ groupId }) => groupId === id);
    const known = new Set(['', ...members.map((member) => member.id)]);
    const isPlain =
      isKey(id) &&
      policy === 'random' &&
      hasPlainRanges(trafficRanges) &&
      trafficRanges.every(({ entityId }) => known.has(entityId)) &&
      members.every((member) => attached.has(member.id) && keys.get(member.key) === 1);
    if (!isPlain) raw.groups.add(id);
  }
  return raw;
}

function hasPlainRanges(ranges: Rule['trafficRanges']): boolean {
  return ranges.every(({ endOfRange }) => Number.isInteger(endOfRange) && endOfRange >= 0 && endOfRange <= BUCKETS);
}

export function markDifferences(before: ProjectConfig, after: ProjectConfig, raw: Raw): void {
  for (const item of before.audiences.values())
    if (!isSameAudience(item, after.audiences.get(item.id))) raw.audiences.add(item.id);
  for (const [key, { variables: own }] of before.flags) {
    const { experiments, deliveries } = rulesOf(before, key);
    for (const rule of experiments) if (!isSameRule(rule, after.rules.get(rule.id), own, false)) raw.rules.add(rule.id);
    for (const rule of deliveries) if (!isSameRule(rule, after.rules.get(rule.id), own, true)) raw.rules.add(rule.id);
    if (!isSameFlag(key, before, after)) raw.flags.add(key);
  }
  for (const rule of before.globalHoldouts)
    if (
      !isSameRule(
        rule,
        after.globalHoldouts.find(({ id }) => id === rule.id),
        [],
        false,
      )
    )
      raw.holdouts.add(rule.id);
  for (const item of before.groups.values()) {
    const built = after.groups.get(item.id);
    if (
      built?.policy !== item.policy ||
      canonicalJson(ownersOf(built.trafficRanges)) !== canonicalJson(ownersOf(item.trafficRanges))
    )
      raw.groups.add(item.id);
  }
}
