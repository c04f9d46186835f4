/** Forced decisions: the application chose the variation of a flag, or of one of its rules, for this user. */
import { type CompiledFlag, findFlagVariation } from '../compiled-config.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Variation } from '../project-config.ts';

/**
 * Returns the forced variation of a flag (`ruleKey` null) or rule, if there is one that the flag knows; an unknown one
 * leaves a reason and changes nothing.
 */
export function findForcedVariation(
  evaluation: Evaluation,
  flag: CompiledFlag,
  ruleKey: string | null,
): Variation | undefined {
  const { user, trace } = evaluation;
  const flagKey = flag.flag.key;
  const variationKey = user.forcedDecisions?.get(flagKey)?.get(ruleKey);
  if (variationKey === undefined) return undefined;
  const variation = findFlagVariation(evaluation.compiled, flag, variationKey);
  trace?.reasons.push({
    code: variation ? 'forced-decision' : 'forced-decision-invalid',
    flagKey,
    ruleKey,
    userId: user.userId,
    variationKey,
  });
  return variation;
}
