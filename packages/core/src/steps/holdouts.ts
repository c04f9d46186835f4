/** Holdouts: users kept out of a flag (global) or of one rule (local), so that the whole can be measured. */
import type { CompiledRule } from '../compiled-config.ts';
import type { Evaluation, Match } from '../evaluation.ts';
import { meetsAudience } from './audience.ts';
import { bucketIntoVariation } from './bucket.ts';

/** Returns the first holdout that holds the user. No allow-list and no stored assignment applies to holdouts. */
export function findHoldout(evaluation: Evaluation, holdouts: readonly CompiledRule[]): Match | undefined {
  for (const holdout of holdouts) {
    const match = evaluateHoldout(evaluation, holdout);
    if (match) return match;
  }
  return undefined;
}

function evaluateHoldout(evaluation: Evaluation, compiled: CompiledRule): Match | undefined {
  const { user, trace } = evaluation;
  const { rule } = compiled;
  const facts = { userId: user.userId, ruleKey: rule.key };
  if (rule.status !== 'Running') {
    trace?.reasons.push({ code: 'holdout-not-running', ruleKey: rule.key });
    return undefined;
  }
  if (!meetsAudience(evaluation, compiled, 'experiment', rule.key)) {
    trace?.reasons.push({ code: 'holdout-audience-not-met', ...facts });
    return undefined;
  }
  trace?.reasons.push({ code: 'holdout-audience-met', ...facts });
  const variation = bucketIntoVariation(evaluation, compiled);
  if (variation === undefined) {
    trace?.reasons.push({ code: 'holdout-no-variation', ...facts });
    return undefined;
  }
  trace?.reasons.push({ code: 'holdout-variation', ...facts, variationKey: variation.key });
  return { rule, variation, source: 'holdout' };
}
