/** Contextual bandit: traffic decides whether the user takes part, the prediction which variation they get. */
import { findEntity } from '../bucketing.ts';
import { CMAB_ENTITY } from '../cmab.ts';
import { type CompiledFlag, type CompiledRule, findVariation } from '../compiled-config.ts';
import { type Evaluation, REJECTED, type RuleStepResult } from '../evaluation.ts';
import { undecided } from '../outcomes.ts';
import { assignBucket } from './bucket.ts';
import { serveVariation } from './serve.ts';

/** Passes over rules that are no bandits. A synchronous decision has no predictions and rejects bandit rules. */
export function decidedByBandit(evaluation: Evaluation, flag: CompiledFlag, bandit: CompiledRule): RuleStepResult {
  const { compiled, user, trace, input } = evaluation;
  const { rule } = bandit;
  if (rule.cmab === undefined) return undefined;
  const facts = { userId: user.userId, ruleKey: rule.key };
  if (input.predictions === undefined) {
    trace?.reasons.push({ code: 'cmab-unsupported' }, { code: 'experiment-no-variation', ...facts });
    return REJECTED;
  }
  const before = trace?.reasons.length;
  const ranges = [{ entityId: CMAB_ENTITY, endOfRange: rule.cmab.trafficAllocation }];
  const bucket = assignBucket(evaluation, bandit, ranges);
  if (bucket === undefined || findEntity(ranges, bucket) !== CMAB_ENTITY) {
    trace?.reasons.push({ code: 'experiment-no-variation', ...facts });
    return REJECTED;
  }
  // Reasons of the official SDK leave the bucket out once the service is asked; explanations show it.
  if (trace && !trace.audiences) trace.reasons.splice(before ?? 0);
  const prediction = input.predictions.get(rule.id);
  if (prediction === undefined) return undecided('cmab-needed', flag.flag.key, rule);
  if (prediction === null) {
    trace?.reasons.push({ code: 'cmab-failed', ruleKey: rule.key });
    return undecided('cmab-failed', flag.flag.key, rule);
  }
  const predicted = findVariation(compiled, prediction.variationId);
  if (predicted === undefined) {
    trace?.reasons.push({ code: 'experiment-no-variation', ...facts });
    return REJECTED;
  }
  trace?.reasons.push({ code: 'experiment-variation', ...facts, variationKey: predicted.key });
  const served = serveVariation(evaluation, flag, bandit, predicted);
  return 'unserved' in served ? served : { ...served, cmabUuid: prediction.cmabUuid };
}
