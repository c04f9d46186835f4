/** Bucket: finds the variation on whose piece of the traffic line the user's bucket lies. */
import { bucketFor, findRange } from '../bucketing.ts';
import { type CompiledConfig, type CompiledGroup, type CompiledRule, findVariation } from '../compiled-config.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Rule, TrafficRange } from '../project-config.ts';
import type { TrafficSpan } from '../reasons.ts';

/** Returns the index of the traffic range the user is bucketed into, past the last for none. */
export function bucketIntoRange(evaluation: Evaluation, compiled: CompiledRule): number {
  const { trafficRanges } = compiled.rule;
  const bucket = assignBucket(evaluation, compiled, trafficRanges);
  if (bucket === undefined) return trafficRanges.length;
  const index = findRange(compiled.ends, bucket);
  // A range without an id is empty on purpose.
  if (compiled.variations[index] === undefined && trafficRanges[index]?.entityId)
    evaluation.trace?.reasons.push({ code: 'bucket-invalid-variation' });
  return index;
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
  trace?.reasons.push({
    code: 'bucket-assigned',
    ruleKey: rule.key,
    bucketingId: user.bucketingId,
    bucket,
    ...(trace.audiences && { traffic: trafficLine(compiled, ranges) }),
  });
  return bucket;
}

/** A rule in an exclusion group is entered only when the group's own traffic split, hashed on the group id, selects it. */
function entersGroup({ user, trace }: Evaluation, rule: Rule, group: CompiledGroup): boolean {
  const bucket = bucketFor(user, group.split);
  const chosen = group.trafficRanges[findRange(group.ends, bucket)]?.entityId;
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
