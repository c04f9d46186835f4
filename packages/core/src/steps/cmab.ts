/** Contextual bandit: traffic decides whether the user takes part, the prediction which variation they get. */
import { CMAB_ENTITY } from '../cmab.ts';
import { type CompiledFlag, type CompiledRule, findVariation } from '../compiled-config.ts';
import { type Evaluation, REJECTED, type RuleStepResult } from '../evaluation.ts';
import { bucketIntoEntity } from './bucket.ts';
import { serveVariation } from './serve.ts';

/** Passes over rules that are no bandits. A synchronous decision has no predictions and rejects bandit rules. */
export function decidedByBandit(evaluation: Evaluation, flag: CompiledFlag, compiled: CompiledRule): RuleStepResult {
  const { config, user, trace, input } = evaluation;
  const { rule } = compiled;
  if (rule.cmab === undefined) return undefined;
  const facts = { userId: user.userId, ruleKey: rule.key };
  if (input.predictions === undefined) {
    trace?.reasons.push({ code: 'cmab-unsupported' }, { code: 'experiment-no-variation', ...facts });
    return REJECTED;
  }
  const before = trace?.reasons.length;
  const ranges = [{ entityId: CMAB_ENTITY, endOfRange: rule.cmab.trafficAllocation }];
  if (bucketIntoEntity(evaluation, compiled, ranges) !== CMAB_ENTITY) {
    trace?.reasons.push({ code: 'experiment-no-variation', ...facts });
    return REJECTED;
  }
  // Reasons of the official SDK leave the bucket out once the service is asked; explanations show it.
  if (trace && !trace.audiences) trace.reasons.splice(before ?? 0);
  const prediction = input.predictions.get(rule.id);
  if (prediction === undefined) return { stop: 'cmab-needed', rule };
  if (prediction === null) {
    trace?.reasons.push({ code: 'cmab-failed', ruleKey: rule.key });
    return { stop: 'cmab-failed', rule };
  }
  const predicted = findVariation(config, prediction.variationId);
  if (predicted === undefined) {
    trace?.reasons.push({ code: 'experiment-no-variation', ...facts });
    return REJECTED;
  }
  trace?.reasons.push({ code: 'experiment-variation', ...facts, variationKey: predicted.key });
  return serveVariation(evaluation, flag, compiled, predicted, { cmabUuid: prediction.cmabUuid });
}
