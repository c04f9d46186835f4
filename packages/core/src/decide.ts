/**
 * The decision for one flag and one user: a list of small steps asked in order, over plain data.
 *
 * Pure and synchronous: no clock, no network, no store. Whoever calls brings what must be loaded and records what comes
 * out.
 */
import { type CompiledFlag, compiledConfig, compiledFlag } from './compiled-config.ts';
import type { Assignment, DecisionOutcome } from './decision-outcome.ts';
import type { DecideInput, Evaluation, FlagStepResult } from './evaluation.ts';
import { outcomeOf, undecided } from './outcomes.ts';
import type { ProjectConfig } from './project-config.ts';
import { experimentRules } from './steps/experiment-rules.ts';
import { findForcedVariation } from './steps/forced-decision.ts';
import { findHoldout } from './steps/holdouts.ts';
import { rolloutRules } from './steps/rollout-rules.ts';
import type { UserSnapshot } from './user.ts';

type FlagStep = (evaluation: Evaluation, flag: CompiledFlag) => FlagStepResult;

/** The precedence within a flag. */
const FLAG_STEPS: readonly FlagStep[] = [forcedByApplication, heldOut, experimentRules, rolloutRules];

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
  const evaluation: Evaluation = { compiled, user, input, trace };
  let assignment: Assignment | null = null;
  for (const step of FLAG_STEPS) {
    const result = step(evaluation, flag);
    if (result === undefined) continue;
    if (!('unserved' in result)) return assignment === null ? result : { ...result, assignment };
    assignment = result.assignment;
  }
  const nothing = outcomeOf(flag, null, null, 'rollout');
  return assignment === null ? nothing : { ...nothing, assignment };
}

function forcedByApplication(evaluation: Evaluation, flag: CompiledFlag): FlagStepResult {
  if (evaluation.user.forcedDecisions === null) return undefined;
  const variation = findForcedVariation(evaluation, flag, null);
  return variation && outcomeOf(flag, variation, null, 'feature-test');
}

function heldOut(evaluation: Evaluation, flag: CompiledFlag): FlagStepResult {
  return flag.globalHoldouts.length === 0 ? undefined : findHoldout(evaluation, flag, flag.globalHoldouts);
}
