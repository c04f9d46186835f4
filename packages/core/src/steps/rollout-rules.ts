/**
 * Deliveries of a flag, in order; the last is "Everyone Else". A user who meets a delivery's audience but is outside its
 * traffic goes straight to the last one. Deliveries know no status, no allow-list and no stored assignment.
 */
import type { CompiledFlag, CompiledRule } from '../compiled-config.ts';
import { type Evaluation, type Match, REJECTED } from '../evaluation.ts';
import { meetsAudience } from './audience.ts';
import { bucketIntoVariation } from './bucket.ts';
import { findForcedVariation } from './forced-decision.ts';
import { findHoldout } from './holdouts.ts';

const EVERYONE_ELSE = 'Everyone Else';

/** What a delivery may answer: the user is outside its traffic and only "Everyone Else" is left. */
const JUMP = 'jump';

/** Returns the decision of the delivery that serves the user, or of a holdout of such a delivery. */
export function rolloutRules(evaluation: Evaluation, flag: CompiledFlag): Match | undefined {
  const { user, trace } = evaluation;
  const match = evaluateDeliveries(evaluation, flag);
  trace?.reasons.push({ code: match ? 'rollout-hit' : 'rollout-miss', userId: user.userId, flagKey: flag.flag.key });
  return match;
}

function evaluateDeliveries(evaluation: Evaluation, flag: CompiledFlag): Match | undefined {
  const { deliveries } = flag;
  if (deliveries.length === 0) explainMissingDeliveries(evaluation, flag);
  const last = deliveries.length - 1;
  for (let index = 0; index <= last; index += 1) {
    const delivery = deliveries[index] as CompiledRule;
    const name = index === last ? EVERYONE_ELSE : String(index + 1);
    const result = evaluateDelivery(evaluation, flag, delivery, name);
    if (result === JUMP) index = last - 1;
    else if (result !== REJECTED) return result;
  }
  return undefined;
}

function evaluateDelivery(
  evaluation: Evaluation,
  flag: CompiledFlag,
  delivery: CompiledRule,
  name: string,
): Match | typeof JUMP | typeof REJECTED {
  const { user, trace } = evaluation;
  const { rule } = delivery;
  if (user.forcedDecisions !== null) {
    const forced = findForcedVariation(evaluation, flag, rule.key);
    if (forced) return { rule, variation: forced, source: 'rollout' };
  }
  const held = delivery.localHoldouts.length === 0 ? undefined : findHoldout(evaluation, delivery.localHoldouts);
  if (held) return held;
  const facts = { userId: user.userId, ruleKey: rule.key, name };
  if (!meetsAudience(evaluation, delivery, 'rule', name)) {
    trace?.reasons.push({ code: 'delivery-audience-not-met', ...facts });
    return REJECTED;
  }
  trace?.reasons.push({ code: 'delivery-audience-met', ...facts });
  const variation = bucketIntoVariation(evaluation, delivery);
  if (variation) {
    trace?.reasons.push({ code: 'delivery-bucketed', ...facts });
    return { rule, variation, source: 'rollout' };
  }
  if (name === EVERYONE_ELSE) return REJECTED;
  trace?.reasons.push({ code: 'delivery-not-bucketed', ...facts });
  return JUMP;
}

function explainMissingDeliveries({ config, trace }: Evaluation, { flag }: CompiledFlag): void {
  if (flag.rolloutId === '') trace?.reasons.push({ code: 'rollout-missing', flagKey: flag.key });
  else {
    const code = config.rollouts.has(flag.rolloutId) ? 'rollout-empty' : 'rollout-unknown';
    trace?.reasons.push({ code, flagKey: flag.key, rolloutId: flag.rolloutId });
  }
}
