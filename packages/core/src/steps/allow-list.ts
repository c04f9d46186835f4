/** Users that are put in a variation of an experiment by the application, or by the datafile's allow-list. */
import { type CompiledRule, findOwnVariation, findVariation } from '../compiled-config.ts';
import { type Evaluation, noteVariation } from '../evaluation.ts';
import type { Variation } from '../project-config.ts';

/** Returns the variation the application forced, looked up in the whole project; one that does not exist changes nothing. */
export function forcedVariation(evaluation: Evaluation, { rule }: CompiledRule): Variation | undefined {
  const variationId = evaluation.input.forcedVariations?.get(rule.id);
  if (variationId === undefined) return undefined;
  const variation = findVariation(evaluation.compiled, variationId);
  if (variation) noteVariation(evaluation, 'forced-variation', rule, variation.key);
  return variation;
}

/** Returns the listed variation; a key the rule does not have leaves a reason and changes nothing. */
export function allowListed(evaluation: Evaluation, { rule }: CompiledRule): Variation | undefined {
  const variationKey = rule.allowList?.get(evaluation.user.userId);
  if (variationKey === undefined) return undefined;
  const variation = findOwnVariation(rule, variationKey);
  noteVariation(evaluation, variation ? 'allow-listed' : 'allow-list-invalid', rule, variationKey);
  return variation;
}
