/** Audience: whether the user meets the conditions of a rule; unknown counts as not. */
import type { CompiledRule } from '../compiled-config.ts';
import type { Evaluation } from '../evaluation.ts';
import type { AudienceScope } from '../reasons.ts';

/** @param name How reasons call the rule: its key, or for deliveries its position. */
export function meetsAudience(
  evaluation: Evaluation,
  { rule, audience }: CompiledRule,
  scope: AudienceScope,
  name: string,
): boolean {
  const { user, trace } = evaluation;
  if (trace === undefined) return audience === null || audience(user) === true;
  const { reasons } = trace;
  reasons.push({ code: 'audiences-evaluating', scope, ruleKey: rule.key, name, conditions: rule.audienceConditions });
  if (trace.audiences) trace.audiences = [];
  const verdict = audience === null ? true : audience(user, trace);
  const { audiences } = trace;
  reasons.push({
    code: 'audiences-evaluated',
    scope,
    ruleKey: rule.key,
    name,
    verdict,
    ...(audiences && { audiences }),
  });
  return verdict === true;
}
