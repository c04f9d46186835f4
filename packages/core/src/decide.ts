/**
 * The decision for one flag and one user: a list of small steps asked in order, over plain data.
 *
 * Pure and synchronous: no clock, no network, no store. Whoever calls brings what must be loaded and records what comes
 * out.
 */
import { type CompiledFlag, compiledConfig, compiledFlag } from './compiled-config.ts';
import type { DecisionOutcome } from './decision-outcome.ts';
import type { DecideInput, Evaluation } from './evaluation.ts';
import { outcomeOf, undecided } from './outcomes.ts';
import type { ProjectConfig } from './project-config.ts';
import { experimentRules } from './steps/experiment-rules.ts';
import { findForcedVariation } from './steps/forced-decision.ts';
import { findHoldout } from './steps/holdouts.ts';
import { rolloutRules } from './steps/rollout-rules.ts';
import type { UserSnapshot } from './user.ts';

const NO_INPUT: DecideInput = {};

/** Decides a flag for a user. Never throws on any config that `parseDatafile` accepted. */
export function decide(
  config: ProjectConfig,
  user: UserSnapshot,
  flagKey: string,
  input: DecideInput = NO_INPUT,
): DecisionOutcome {
  const { trace } = input;
  const compiled = compiledConfig(config);
  const flag = compiledFlag(compiled, flagKey);
  if (flag === undefined) {
    trace?.reasons.push({ code: 'flag-not-found', flagKey });
    return undecided('flag-not-found', flagKey, null);
  }
  return evaluateFlag({ compiled, user, input, trace }, flag);
}

/** The precedence within a flag. Each step may decide, or leave it to the next. */
function evaluateFlag(evaluation: Evaluation, flag: CompiledFlag): DecisionOutcome {
  const result =
    forcedByApplication(evaluation, flag) ?? heldOut(evaluation, flag) ?? experimentRules(evaluation, flag);
  if (result === undefined) return delivered(evaluation, flag);
  if (!('unserved' in result)) return result;
  const outcome = delivered(evaluation, flag);
  return result.assignment === null ? outcome : { ...outcome, assignment: result.assignment };
}

function delivered(evaluation: Evaluation, flag: CompiledFlag): DecisionOutcome {
  return rolloutRules(evaluation, flag) ?? outcomeOf(flag, null, null, 'rollout');
}

function forcedByApplication(evaluation: Evaluation, flag: CompiledFlag): DecisionOutcome | undefined {
  if (evaluation.user.forcedDecisions === null) return undefined;
  const variation = findForcedVariation(evaluation, flag, null);
  return variation && outcomeOf(flag, variation, null, 'feature-test');
}

function heldOut(evaluation: Evaluation, flag: CompiledFlag): DecisionOutcome | undefined {
  return flag.globalHoldouts.length === 0 ? undefined : findHoldout(evaluation, flag, flag.globalHoldouts);
}
