/** Sticky: the variation the user was assigned before, whatever audiences and traffic say today. */
import { type CompiledRule, findVariation } from '../compiled-config.ts';
import { type Evaluation, noteVariation } from '../evaluation.ts';
import type { Variation } from '../project-config.ts';

/**
 * Returns the stored variation, looked up in the whole project. One that no longer exists changes nothing.
 *
 * Assignments made earlier in the same call come first, then those of the user's attributes, then the stored profile.
 */
export function stickyVariation(evaluation: Evaluation, { rule }: CompiledRule): Variation | undefined {
  const { compiled, user, input, trace } = evaluation;
  if (input.ignoreAssignments) return undefined;
  const variationId =
    input.fresh?.get(rule.id) ?? user.attributeAssignments?.get(rule.id) ?? input.stored?.get(rule.id);
  if (variationId === undefined) return undefined;
  const variation = findVariation(compiled, variationId);
  if (variation) noteVariation(evaluation, 'sticky', rule, variation.key);
  else if (trace?.audiences)
    trace.reasons.push({ code: 'sticky-invalid', userId: user.userId, ruleKey: rule.key, variationId });
  return variation;
}
