/** Holdouts: users kept out of a flag (global) or of one rule (local), so that the whole can be measured. */
import type { CompiledFlag, CompiledRule } from '../compiled-config.ts';
import type { DecisionOutcome } from '../decision-outcome.ts';
import type { Evaluation } from '../evaluation.ts';
import { outcomeOf } from '../outcomes.ts';
import type { Variation } from '../project-config.ts';
import { meetsAudience } from './audience.ts';
import { bucketIntoVariation } from './bucket.ts';

/** Returns the first holdout that holds the user. No allow-list and no stored assignment applies to holdouts. */
export function findHoldout(
  evaluation: Evaluation,
  flag: CompiledFlag,
  holdouts: readonly CompiledRule[],
): DecisionOutcome | undefined {
  for (const holdout of holdouts) {
    const variation = evaluateHoldout(evaluation, holdout);
    if (variation) return outcomeOf(flag, variation, holdout.rule, 'holdout');
  }
  return undefined;
}

function evaluateHoldout(evaluation: Evaluation, holdout: CompiledRule): Variation | undefined {
  const { user, trace } = evaluation;
  const { rule } = holdout;
  const { userId } = user;
  const ruleKey = rule.key;
  if (rule.status !== 'Running') {
    trace?.reasons.push({ code: 'holdout-not-running', ruleKey });
    return undefined;
  }
  if (!meetsAudience(evaluation, holdout, 'experiment', rule.key)) {
    trace?.reasons.push({ code: 'holdout-audience-not-met', userId, ruleKey });
    return undefined;
  }
  trace?.reasons.push({ code: 'holdout-audience-met', userId, ruleKey });
  const variation = bucketIntoVariation(evaluation, holdout);
  if (variation === undefined) {
    trace?.reasons.push({ code: 'holdout-no-variation', userId, ruleKey });
    return undefined;
  }
  trace?.reasons.push({ code: 'holdout-variation', userId, ruleKey, variationKey: variation.key });
  return variation;
}
