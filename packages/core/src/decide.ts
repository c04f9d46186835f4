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
import { overruled } from './steps/overruled.ts';
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
    overruled(evaluation, flag, null, flag.globalHoldouts, 'feature-test') ?? experimentRules(evaluation, flag);
  if (result !== undefined && !('unserved' in result)) return result;
  const outcome = rolloutRules(evaluation, flag) ?? outcomeOf(flag, null, null, 'rollout');
  return result?.assignment ? { ...outcome, assignment: result.assignment } : outcome;
}
