/**
 * Deliveries of a flag, in order; the last is "Everyone Else". A user who meets a delivery's audience but is outside
 * its traffic goes straight to the last one. Status, allow-list and stored assignments do not apply to deliveries.
 */
import { outcomeOf } from '../build-outcome.ts';
import { type CompiledFlag, type CompiledRule, rangeVariation } from '../compiled-config.ts';
import type { DecisionOutcome } from '../decision-outcome.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Rule } from '../project-config.ts';
import { bucketIntoRange, knownOutcome, meetsAudience } from './admission.ts';
import { overruled } from './overruled.ts';

const EVERYONE_ELSE = 'Everyone Else';

/** A possible result of a delivery: the user is in its audience but outside its traffic. */
const NOT_BUCKETED = 'not-bucketed';

/** Returns the decision of the delivery that serves the user, or of a holdout of such a delivery. */
export function rolloutRules(evaluation: Evaluation, flag: CompiledFlag): DecisionOutcome | undefined {
  const { user, trace } = evaluation;
  if (flag.everyone !== undefined && trace === undefined && user.forcedDecisions === null) return flag.everyone;
  const outcome = evaluateDeliveries(evaluation, flag);
  trace?.reasons.push({ code: outcome ? 'rollout-hit' : 'rollout-miss', userId: user.userId, flagKey: flag.flag.key });
  return outcome;
}

function evaluateDeliveries(evaluation: Evaluation, flag: CompiledFlag): DecisionOutcome | undefined {
  const { deliveries } = flag;
  if (deliveries.length === 0) explainMissingDeliveries(evaluation, flag);
  const last = deliveries.length - 1;
  for (let index = 0; index <= last; index += 1) {
    const delivery = deliveries[index] as CompiledRule;
    const name = evaluation.trace === undefined ? '' : index === last ? EVERYONE_ELSE : String(index + 1);
    const result = evaluateDelivery(evaluation, flag, delivery, name);
    if (result === NOT_BUCKETED) {
      if (index === last) return undefined;
      note(evaluation, 'delivery-not-bucketed', delivery.rule, name);
      index = last - 1;
    } else if (result !== undefined) {
      if (index === 0 && result.basis === 'everyone' && servesAll(delivery)) flag.everyone = result;
      return result;
    }
  }
  return undefined;
}

/** Returns whether only its audience and its traffic can keep a user out of a delivery. */
function servesAll({ group, localHoldouts }: CompiledRule): boolean {
  return group === undefined && localHoldouts.length === 0;
}

/** @param name The name of the delivery in reasons; only called when there is a trace. */
function evaluateDelivery(
  evaluation: Evaluation,
  flag: CompiledFlag,
  delivery: CompiledRule,
  name: string,
): DecisionOutcome | typeof NOT_BUCKETED | undefined {
  const { rule } = delivery;
  const settled = overruled(evaluation, flag, delivery, 'rollout');
  if (settled) return settled;
  if (!meetsAudience(evaluation, delivery, 'rule', name))
    return note(evaluation, 'delivery-audience-not-met', rule, name);
  note(evaluation, 'delivery-audience-met', rule, name);
  const range = bucketIntoRange(evaluation, delivery);
  const known = knownOutcome(flag, delivery, range);
  if (known !== undefined && evaluation.trace === undefined) return known;
  const variation = known?.variation ?? rangeVariation(evaluation, delivery, range);
  if (variation === undefined) return NOT_BUCKETED;
  note(evaluation, 'delivery-bucketed', rule, name);
  const outcome = outcomeOf(flag, variation, rule, 'rollout', delivery.basis);
  delivery.bucketed[range] = outcome;
  return outcome;
}

type DeliveryReasonCode =
  | 'delivery-audience-met'
  | 'delivery-audience-not-met'
  | 'delivery-bucketed'
  | 'delivery-not-bucketed';

function note({ user, trace }: Evaluation, code: DeliveryReasonCode, rule: Rule, name: string): undefined {
  trace?.reasons.push({ code, userId: user.userId, ruleKey: rule.key, name });
}

function explainMissingDeliveries({ compiled, trace }: Evaluation, { flag }: CompiledFlag): void {
  const { key: flagKey, rolloutId } = flag;
  if (rolloutId === '') trace?.reasons.push({ code: 'rollout-missing', flagKey });
  else {
    const code = compiled.config.rollouts.has(rolloutId) ? 'rollout-empty' : 'rollout-unknown';
    trace?.reasons.push({ code, flagKey, rolloutId });
  }
}
