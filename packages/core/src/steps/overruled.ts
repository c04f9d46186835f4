/**
 * Steps before the rules of a flag, and before each rule: the variation that the application forces for this user, then
 * the holdouts. A holdout keeps a share of the users out of all flags (global) or of one rule (local), so that the
 * joint effect of the rules can be measured; allow-lists and stored assignments do not apply to it.
 */
import { outcomeOf } from '../build-outcome.ts';
import {
  type CompiledFlag,
  type CompiledRule,
  findFlagVariation,
  type HeldOut,
  rangeVariation,
} from '../compiled-config.ts';
import type { DecisionOutcome, DecisionSource } from '../decision-outcome.ts';
import { type Evaluation, note, noteVariation } from '../evaluation.ts';
import type { Rule, Variation } from '../project-config.ts';
import { bucketIntoRange, meetsAudience } from './admission.ts';

/**
 * Returns the outcome of a forced decision or a holdout, if there is one. A forced variation that the flag does not
 * have adds a reason and is ignored.
 *
 * @param rule `null` for the flag as a whole.
 */
export function overruled(
  evaluation: Evaluation,
  flag: CompiledFlag,
  rule: CompiledRule | null,
  source: DecisionSource,
): DecisionOutcome | undefined {
  if (evaluation.user.forcedDecisions !== null) {
    const forced = forcedDecision(evaluation, flag, rule?.rule ?? null, source);
    if (forced !== undefined) return forced;
  }
  const holdouts = rule === null ? flag.globalHoldouts : rule.localHoldouts;
  if (holdouts.length === 0) return undefined;
  const held = rule === null ? globalHoldout(evaluation, holdouts) : findHoldout(evaluation, holdouts);
  return held && outcomeOf(flag, held.variation, held.rule, 'holdout', 'bucket');
}

/** Global holdouts do not depend on the flag: their result for a user is the same for all flags of a call. */
function globalHoldout(evaluation: Evaluation, holdouts: readonly CompiledRule[]): HeldOut | undefined {
  const { compiled, user, trace } = evaluation;
  if (trace !== undefined) return findHoldout(evaluation, holdouts);
  if (compiled.heldOutUser !== user.number) {
    compiled.heldOut = findHoldout(evaluation, holdouts);
    compiled.heldOutUser = user.number;
  }
  return compiled.heldOut;
}

function findHoldout(evaluation: Evaluation, holdouts: readonly CompiledRule[]): HeldOut | undefined {
  for (const holdout of holdouts) {
    const variation = evaluateHoldout(evaluation, holdout);
    if (variation) return { rule: holdout.rule, variation };
  }
  return undefined;
}

function forcedDecision(
  { compiled, user, trace }: Evaluation,
  flag: CompiledFlag,
  rule: Rule | null,
  source: DecisionSource,
): DecisionOutcome | undefined {
  const flagKey = flag.flag.key;
  const ruleKey = rule?.key ?? null;
  const variationKey = user.forcedDecisions?.get(flagKey)?.get(ruleKey);
  if (variationKey === undefined) return undefined;
  const variation = findFlagVariation(compiled, flag, variationKey);
  const code = variation ? 'forced-decision' : 'forced-decision-invalid';
  trace?.reasons.push({ code, flagKey, ruleKey, userId: user.userId, variationKey });
  return variation && outcomeOf(flag, variation, rule, source, 'forced');
}

function evaluateHoldout(evaluation: Evaluation, holdout: CompiledRule): Variation | undefined {
  const { rule } = holdout;
  if (!holdout.isRunning) {
    evaluation.trace?.reasons.push({ code: 'holdout-not-running', ruleKey: rule.key });
    return undefined;
  }
  if (!meetsAudience(evaluation, holdout, 'experiment')) return note(evaluation, 'holdout-audience-not-met', rule);
  note(evaluation, 'holdout-audience-met', rule);
  const variation = rangeVariation(evaluation, holdout, bucketIntoRange(evaluation, holdout));
  if (variation === undefined) return note(evaluation, 'holdout-no-variation', rule);
  noteVariation(evaluation, 'holdout-variation', rule, variation.key);
  return variation;
}
