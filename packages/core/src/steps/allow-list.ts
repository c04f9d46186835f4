/** Allow-list: users the datafile itself puts in a variation of an experiment. */
import { type CompiledRule, findOwnVariation } from '../compiled-config.ts';
import { type Evaluation, noteVariation } from '../evaluation.ts';
import type { Variation } from '../project-config.ts';

/** Returns the listed variation; a key the rule does not have leaves a reason and changes nothing. */
export function allowListed(evaluation: Evaluation, { rule }: CompiledRule): Variation | undefined {
  const variationKey = rule.allowList?.get(evaluation.user.userId);
  if (variationKey === undefined) return undefined;
  const variation = findOwnVariation(rule, variationKey);
  noteVariation(evaluation, variation ? 'allow-listed' : 'allow-list-invalid', rule, variationKey);
  return variation;
}
