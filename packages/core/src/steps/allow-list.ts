/** Allow-list: users the datafile itself puts in a variation of an experiment. */
import type { CompiledFlag, CompiledRule } from '../compiled-config.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Variation } from '../project-config.ts';

/** Returns the listed variation; a key the rule does not have leaves a reason and changes nothing. */
export function allowListed(
  evaluation: Evaluation,
  _flag: CompiledFlag,
  { rule, variations }: CompiledRule,
): Variation | undefined {
  const { user, trace } = evaluation;
  const variationKey = rule.allowList?.get(user.userId);
  if (variationKey === undefined) return undefined;
  const variation = variations.get(variationKey);
  trace?.reasons.push({
    code: variation ? 'allow-listed' : 'allow-list-invalid',
    userId: user.userId,
    ruleKey: rule.key,
    variationKey,
  });
  return variation;
}
