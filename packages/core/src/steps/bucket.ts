/** Bucket: finds the variation on whose piece of the traffic line the user's bucket lies. */
import { computeBucket, findEntity } from '../bucketing.ts';
import { type CompiledRule, findVariation } from '../compiled-config.ts';
import type { Evaluation } from '../evaluation.ts';
import type { ProjectConfig, TrafficRange, Variation } from '../project-config.ts';
import type { TrafficSpan } from '../reasons.ts';

/** Returns the variation the user is bucketed into; its id is looked up in the whole project. */
export function bucketIntoVariation(evaluation: Evaluation, compiled: CompiledRule): Variation | undefined {
  const { config, trace } = evaluation;
  const entityId = bucketIntoEntity(evaluation, compiled, compiled.rule.trafficRanges);
  if (entityId === undefined) return undefined;
  const variation = findVariation(config, entityId);
  if (variation === undefined && entityId !== '') trace?.reasons.push({ code: 'bucket-invalid-variation' });
  return variation;
}

/** Returns the owner of the user's bucket, `undefined` when the group or the traffic keeps the user out. */
export function bucketIntoEntity(
  evaluation: Evaluation,
  compiled: CompiledRule,
  ranges: readonly TrafficRange[],
): string | undefined {
  const { config, user, trace } = evaluation;
  const { rule } = compiled;
  if (compiled.group && !entersGroup(evaluation, compiled)) return undefined;
  const bucket = computeBucket(user.bucketingId, rule.id);
  if (trace) {
    const assigned = { code: 'bucket-assigned', ruleKey: rule.key, bucketingId: user.bucketingId, bucket } as const;
    trace.reasons.push(trace.audiences ? { ...assigned, traffic: trafficLine(config, ranges) } : assigned);
  }
  return findEntity(ranges, bucket);
}

/** A rule in an exclusion group is entered only when the group's own traffic split, hashed on the group id, selects it. */
function entersGroup({ user, trace }: Evaluation, { rule, group }: CompiledRule): boolean {
  if (group === undefined) return true;
  const bucket = computeBucket(user.bucketingId, group.id);
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

function trafficLine(config: ProjectConfig, ranges: readonly TrafficRange[]): readonly TrafficSpan[] {
  let start = 0;
  const spans: TrafficSpan[] = [];
  for (const { entityId, endOfRange } of ranges) {
    if (!(endOfRange > start)) continue;
    spans.push({ start, end: endOfRange, variationKey: findVariation(config, entityId)?.key ?? null });
    start = endOfRange;
  }
  return spans;
}
