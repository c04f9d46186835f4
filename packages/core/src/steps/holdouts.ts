/** Holdouts: users kept out of a flag (global) or of one rule (local), so that the whole can be measured. */
import type { CompiledFlag, CompiledRule } from '../compiled-config.ts';
import type { DecisionOutcome } from '../decision-outcome.ts';
import { type Evaluation, note, noteVariation } from '../evaluation.ts';
import { outcomeOf } from '../outcomes.ts';
import type { Variation } from '../project-config.ts';
import { meetsAudience } from './audience.ts';
import { bucketIntoRange } from './bucket.ts';

/** Returns the first holdout that holds the user. No allow-list and no stored assignment applies to holdouts. */
export function findHoldout(
  evaluation: Evaluation,
  flag: CompiledFlag,
  holdouts: readonly CompiledRule[],
): DecisionOutcome | undefined {
  for (const holdout of holdouts) {
    const variation = evaluateHoldout(evaluation, holdout);
    if (variation) return outcomeOf(flag, variation, holdout.rule, 'holdout', 'bucket');
  }
  return undefined;
}

function evaluateHoldout(evaluation: Evaluation, holdout: CompiledRule): Variation | undefined {
  const { rule } = holdout;
  if (rule.status !== 'Running') {
    evaluation.trace?.reasons.push({ code: 'holdout-not-running', ruleKey: rule.key });
    return undefined;
  }
  if (!meetsAudience(evaluation, holdout, 'experiment', rule.key))
    return note(evaluation, 'holdout-audience-not-met', rule);
  note(evaluation, 'holdout-audience-met', rule);
  const variation = holdout.variations[bucketIntoRange(evaluation, holdout)];
  if (variation === undefined) return note(evaluation, 'holdout-no-variation', rule);
  noteVariation(evaluation, 'holdout-variation', rule, variation.key);
  return variation;
}
