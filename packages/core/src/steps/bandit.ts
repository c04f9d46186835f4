/** Contextual bandit: traffic decides whether the user takes part, the prediction which variation they get. */
import { changeOutcome, serveVariation, undecided } from '../build-outcome.ts';
import { findVariation } from '../compiled-config.ts';
import { type BanditStep, note, noteVariation } from '../evaluation.ts';
import type { ProjectConfig, Rule } from '../project-config.ts';
import type { AttributeValue, UserSnapshot } from '../user.ts';
import { assignBucket } from './admission.ts';

/** The entity of the traffic range whose users take part in the bandit. */
const CMAB_ENTITY = '$';

/** Decides a rule that is a bandit. */
export const decidedByBandit: BanditStep = (evaluation, flag, bandit, { trafficAllocation }, predictions) => {
  const { compiled, trace } = evaluation;
  const { rule } = bandit;
  const before = trace?.reasons.length;
  const bucket = assignBucket(evaluation, bandit, [{ entityId: CMAB_ENTITY, endOfRange: trafficAllocation }]);
  if (bucket === undefined || bucket >= trafficAllocation) return note(evaluation, 'experiment-no-variation', rule);
  // The official SDK has no reason about the bucket when it fetches a prediction; explanations show it.
  if (trace && !trace.details) trace.reasons.splice(before ?? 0);
  const prediction = predictions.get(rule.id);
  if (prediction === undefined) return undecided('cmab-needed', flag.flag.key, rule);
  if (prediction === null) {
    trace?.reasons.push({ code: 'cmab-failed', ruleKey: rule.key });
    return undecided('cmab-failed', flag.flag.key, rule);
  }
  const predicted = findVariation(compiled, prediction.variationId);
  if (predicted === undefined) return note(evaluation, 'experiment-no-variation', rule);
  noteVariation(evaluation, 'experiment-variation', rule, predicted.key);
  const served = serveVariation(evaluation, flag, bandit, predicted, 'bandit');
  return served.status === 'unserved' ? served : changeOutcome(served, served.assignment, prediction.cmabUuid);
};

/** Returns the attributes a bandit may see: attribute id to value; ids the datafile does not know are left out. */
export function cmabAttributes(
  config: ProjectConfig,
  user: UserSnapshot,
  rule: Rule,
): ReadonlyMap<string, AttributeValue> {
  const wanted = new Set(rule.cmab?.attributeIds);
  const attributes = new Map<string, AttributeValue>();
  for (const { id, key } of config.attributes.values()) {
    if (wanted.has(id) && Object.hasOwn(user.attributes, key)) attributes.set(id, user.attributes[key]);
  }
  return attributes;
}
