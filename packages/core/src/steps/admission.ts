/** Whether a rule admits a user: first the audience, then the bucket and the rule's traffic. */
import { judgeAudiences, meetsAudiences } from '../audiences.ts';
import { bucketFor, findRange } from '../bucketing.ts';
import {
  type CompiledFlag,
  type CompiledGroup,
  type CompiledRule,
  findVariation,
  rangeVariation,
} from '../compiled-config.ts';
import type { DecisionOutcome } from '../decision-outcome.ts';
import type { Evaluation, Trace } from '../evaluation.ts';
import type { Rule, TrafficRange } from '../project-config.ts';
import type { AudienceScope } from '../reasons.ts';

/**
 * Returns whether the user meets the conditions of a rule; unknown counts as not met.
 *
 * @param name The name of the rule in reasons, if not its key: for deliveries their position.
 */
export function meetsAudience(
  evaluation: Evaluation,
  rule: CompiledRule,
  scope: AudienceScope,
  name?: string,
): boolean {
  const { compiled, user, trace } = evaluation;
  if (trace !== undefined) return explainAudience(evaluation, trace, rule, scope, name ?? rule.rule.key);
  const { audience } = rule;
  return audience === null || meetsAudiences(compiled.audiences, audience, user);
}

function explainAudience(
  { compiled, user }: Evaluation,
  trace: Trace,
  { rule, audience }: CompiledRule,
  scope: AudienceScope,
  name: string,
): boolean {
  const { reasons } = trace;
  const { key: ruleKey, audienceConditions: conditions } = rule;
  reasons.push({ code: 'audiences-evaluating', scope, ruleKey, name, conditions });
  const verdict = audience === null || judgeAudiences(compiled.audiences, audience, user);
  const audiences = trace.details?.audiences(compiled.audiences, audience, user);
  reasons.push({ code: 'audiences-evaluated', scope, ruleKey, name, verdict, ...(audiences && { audiences }) });
  return verdict === true;
}

/** Returns the index of the traffic range the user is bucketed into; the number of ranges when there is none. */
export function bucketIntoRange(evaluation: Evaluation, compiled: CompiledRule): number {
  const { trace } = evaluation;
  // When the first range has all of the traffic, the bucket does not matter.
  if (compiled.basis !== 'bucket' && compiled.group === undefined && trace === undefined) return 0;
  const { ends, rule } = compiled;
  const bucket = assignBucket(evaluation, compiled, rule.trafficRanges);
  if (bucket === undefined) return ends.length;
  const range = findRange(ends, bucket);
  // A range without an id is empty on purpose.
  if (trace && rule.trafficRanges[range]?.entityId && !rangeVariation(evaluation, compiled, range))
    trace.reasons.push({ code: 'bucket-invalid-variation' });
  return range;
}

/** The outcome of a traffic range of a rule for this flag, if it was needed before. */
export function knownOutcome(flag: CompiledFlag, rule: CompiledRule, range: number): DecisionOutcome | undefined {
  if (rule.flag !== flag) {
    rule.flag = flag;
    rule.bucketed = rule.ends.map(() => undefined);
  }
  return rule.bucketed[range];
}

/** Returns the user's bucket; `undefined` when the exclusion group keeps the user out. */
export function assignBucket(
  evaluation: Evaluation,
  compiled: CompiledRule,
  ranges: readonly TrafficRange[],
): number | undefined {
  const { user, trace } = evaluation;
  const { rule, group } = compiled;
  if (group !== undefined && !entersGroup(evaluation, rule, group)) return undefined;
  const bucket = bucketFor(user, compiled);
  if (trace !== undefined) {
    const traffic = trace.details?.traffic(ranges, (id) => findVariation(evaluation.compiled, id));
    const { bucketingId } = user;
    trace.reasons.push({
      code: 'bucket-assigned',
      ruleKey: rule.key,
      bucketingId,
      bucket,
      ...(traffic && { traffic }),
    });
  }
  return bucket;
}

/**
 * A user enters a rule in an exclusion group only when the group's own traffic, hashed on the group id, selects that
 * rule.
 */
function entersGroup({ user, trace }: Evaluation, rule: Rule, group: CompiledGroup): boolean {
  const bucket = bucketFor(user, group);
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
