/**
 * What comes before anything else at a flag or a rule: the variation the application forces for this user, then the
 * holdouts.
 */
import { type CompiledFlag, type CompiledRule, findFlagVariation } from '../compiled-config.ts';
import type { DecisionOutcome, DecisionSource } from '../decision-outcome.ts';
import type { Evaluation } from '../evaluation.ts';
import { outcomeOf } from '../outcomes.ts';
import type { Rule } from '../project-config.ts';
import { findHoldout } from './holdouts.ts';

/**
 * Returns what is decided already. A forced variation that the flag does not know leaves a reason and changes nothing.
 *
 * @param rule `null` for the flag as a whole.
 */
export function overruled(
  evaluation: Evaluation,
  flag: CompiledFlag,
  rule: Rule | null,
  holdouts: readonly CompiledRule[],
  source: DecisionSource,
): DecisionOutcome | undefined {
  const { compiled, user, trace } = evaluation;
  const flagKey = flag.flag.key;
  const ruleKey = rule?.key ?? null;
  const variationKey = user.forcedDecisions?.get(flagKey)?.get(ruleKey);
  if (variationKey !== undefined) {
    const variation = findFlagVariation(compiled, flag, variationKey);
    const code = variation ? 'forced-decision' : 'forced-decision-invalid';
    trace?.reasons.push({ code, flagKey, ruleKey, userId: user.userId, variationKey });
    if (variation) return outcomeOf(flag, variation, rule, source, 'forced');
  }
  return holdouts.length === 0 ? undefined : findHoldout(evaluation, flag, holdouts);
}
