/** Allow-list: users the datafile itself puts in a variation of an experiment. */
import { type CompiledRule, findOwnVariation } from '../compiled-config.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Variation } from '../project-config.ts';

/** Returns the listed variation; a key the rule does not have leaves a reason and changes nothing. */
export function allowListed(evaluation: Evaluation, { rule }: CompiledRule): Variation | undefined {
  const { user, trace } = evaluation;
  const variationKey = rule.allowList?.get(user.userId);
  if (variationKey === undefined) return undefined;
  const variation = findOwnVariation(rule, variationKey);
  trace?.reasons.push({
    code: variation ? 'allow-listed' : 'allow-list-invalid',
    userId: user.userId,
    ruleKey: rule.key,
    variationKey,
  });
  return variation;
}
