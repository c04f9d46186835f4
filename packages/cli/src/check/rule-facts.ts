/** Facts about rules for checks, comparisons and reports. */
import type { JsonValue, ProjectConfig, Rule, TrafficRange } from '@sortition/core';

/** The number of buckets of traffic; one bucket is 0.01 % of users. */
export const BUCKETS = 10_000;

/** Number of buckets by entity id. A bucket belongs to the first range that ends above it. */
export function widthsOf(ranges: readonly TrafficRange[]): ReadonlyMap<string, number> {
  const widths = new Map<string, number>();
  let start = 0;
  for (const { entityId, endOfRange } of ranges) {
    const end = Math.min(BUCKETS, Number.isFinite(endOfRange) ? Math.ceil(endOfRange) : 0);
    if (end <= start) continue;
    widths.set(entityId, (widths.get(entityId) ?? 0) + end - start);
    start = end;
  }
  return widths;
}

/** The owners of buckets in order: `[entity id, end]`. Equivalent traffic lists give equal results. */
export function ownersOf(ranges: readonly TrafficRange[]): readonly (readonly [string, number])[] {
  const owners: [string, number][] = [];
  let last = 0;
  for (const { entityId, endOfRange } of ranges) {
    const end = Math.min(BUCKETS, endOfRange);
    if (!(end > last)) continue;
    last = end;
    const previous = owners.at(-1);
    if (previous?.[0] === entityId) previous[1] = end;
    else owners.push([entityId, end]);
  }
  while (owners.at(-1)?.[0] === '') owners.pop();
  return owners;
}

/** Buckets in which a rule serves one of its variations. */
export function servedBuckets(rule: Rule): number {
  const ids = new Set(rule.variations.map(({ id }) => id));
  let served = 0;
  for (const [entityId, width] of widthsOf(rule.trafficRanges)) if (ids.has(entityId)) served += width;
  return served;
}

/** Whether a rule has no audience: it is for everyone. */
export function isForEveryone({ audienceConditions }: Rule): boolean {
  return isEmpty(audienceConditions);
}

/** The rules of a flag in the order of evaluation. */
export function rulesOf(
  config: ProjectConfig,
  flagKey: string,
): { readonly experiments: readonly Rule[]; readonly deliveries: readonly Rule[] } {
  const flag = config.flags.get(flagKey);
  const experiments = (flag?.experimentIds ?? []).flatMap((id) => config.rules.get(id) ?? []);
  return { experiments, deliveries: config.rollouts.get(flag?.rolloutId ?? '') ?? [] };
}

/** Keys of the variations that a flag can be decided as: those of its rules, and of the holdouts that keep users out of them. */
export function variationKeysOf(config: ProjectConfig, flagKey: string): readonly string[] {
  const { experiments, deliveries } = rulesOf(config, flagKey);
  const rules = [...experiments, ...deliveries];
  const holdouts = [...config.globalHoldouts, ...rules.flatMap(({ id }) => config.localHoldouts.get(id) ?? [])];
  return [...new Set([...rules, ...holdouts].flatMap(({ variations }) => variations.map(({ key }) => key)))];
}

/** Ids of the audiences that conditions name. */
export function audienceIdsIn(conditions: JsonValue | undefined): readonly string[] {
  if (typeof conditions === 'string') return ['and', 'or', 'not'].includes(conditions) ? [] : [conditions];
  return Array.isArray(conditions) ? conditions.flatMap((part: JsonValue) => audienceIdsIn(part)) : [];
}

function isEmpty(conditions: JsonValue | undefined): boolean {
  if (conditions === undefined || conditions === null || conditions === '') return true;
  return Array.isArray(conditions) && conditions.length === 0;
}
