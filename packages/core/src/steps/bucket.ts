/** Bucket: finds the variation on whose piece of the traffic line the user's bucket lies. */
import { bucketFor, findEntity, findRange } from '../bucketing.ts';
import { type CompiledConfig, type CompiledGroup, type CompiledRule, findVariation } from '../compiled-config.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Rule, TrafficRange, Variation } from '../project-config.ts';
import type { TrafficSpan } from '../reasons.ts';

/** Returns the variation the user is bucketed into; its id is looked up in the whole project. */
export function bucketIntoVariation(evaluation: Evaluation, rule: CompiledRule): Variation | undefined {
  return rule.variations[bucketIntoRange(evaluation, rule)];
}

/** Returns the index of the traffic range the user is bucketed into, -1 for a range that leads to no variation or none. */
export function bucketIntoRange(evaluation: Evaluation, rule: CompiledRule): number {
  const bucket = assignBucket(evaluation, rule, rule.rule.trafficRanges);
  const index = bucket === undefined ? -1 : findRange(rule.ends, bucket);
  if (index < 0 || rule.variations[index] !== undefined) return index;
  if (rule.rule.trafficRanges[index]?.entityId !== '')
    evaluation.trace?.reasons.push({ code: 'bucket-invalid-variation' });
  return -1;
}

/** Returns the user's bucket, `undefined` when the exclusion group keeps the user out. */
export function assignBucket(
  evaluation: Evaluation,
  { rule, group, split }: CompiledRule,
  ranges: readonly TrafficRange[],
): number | undefined {
  const { compiled, user, trace } = evaluation;
  if (group !== undefined && !entersGroup(evaluation, rule, group)) return undefined;
  const bucket = bucketFor(user, split);
  if (trace) {
    const assigned = { code: 'bucket-assigned', ruleKey: rule.key, bucketingId: user.bucketingId, bucket } as const;
    trace.reasons.push(trace.audiences ? { ...assigned, traffic: trafficLine(compiled, ranges) } : assigned);
  }
  return bucket;
}

/** A rule in an exclusion group is entered only when the group's own traffic split, hashed on the group id, selects it. */
function entersGroup({ user, trace }: Evaluation, rule: Rule, group: CompiledGroup): boolean {
  const bucket = bucketFor(user, group.split);
  const chosen = findEntity(group.trafficRanges, bucket);
  trace?.reasons.push({
    code: chosen === undefined ? 'group-none' : chosen === rule.id ? 'group-entered' : 'group-other',
    userId: user.userId,
    ruleKey: rule.key,
    groupId: group.id,
    bucket,
  });
  return chosen === rule.id;
}

function trafficLine(compiled: CompiledConfig, ranges: readonly TrafficRange[]): readonly TrafficSpan[] {
  let start = 0;
  const spans: TrafficSpan[] = [];
  for (const { entityId, endOfRange } of ranges) {
    if (!(endOfRange > start)) continue;
    spans.push({ start, end: endOfRange, variationKey: findVariation(compiled, entityId)?.key ?? null });
    start = endOfRange;
  }
  return spans;
}
