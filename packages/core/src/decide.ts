/**
 * The decision for one flag and one user: a list of small steps asked in order, over plain data.
 *
 * Pure and synchronous: no clock, no network, no store. Whoever calls brings what must be loaded and records what comes
 * out.
 */
import {
  type CompiledFlag,
  type CompiledRule,
  compiledConfig,
  compiledExperiment,
  compiledFlag,
} from './compiled-config.ts';
import type { DecisionOutcome } from './decision-outcome.ts';
import type { DecideInput, Evaluation } from './evaluation.ts';
import { outcomeOf, undecided } from './outcomes.ts';
import type { ProjectConfig } from './project-config.ts';
import { evaluateExperiment, experimentRules } from './steps/experiment-rules.ts';
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

/**
 * Decides an experiment by its own key, whether or not it belongs to a flag. Never throws on any config that
 * `parseDatafile` accepted.
 *
 * The order is that of an experiment rule, and of `getVariation` and `activate` of the official SDK: status, variation
 * forced by the application (`input.forcedVariations`), allow-list, stored assignment, audience, exclusion group, bucket or
 * bandit. Holdouts and forced decisions belong to flags and are not asked. Deliveries have no key of their own here: a key
 * that only a delivery has is `experiment-not-found`.
 *
 * In the outcome `flagKey` is `''`, `source` is `'experiment'`, `rule` is the experiment (also when it serves nothing),
 * `variables` is empty, and `enabled` tells whether there is a variation. `assignment` is to be stored as after `decide`. An
 * impression is due when there is a variation; its fields are those of any outcome.
 *
 * @param input As for `decide`; with a `trace` the steps are told for reasons and explanations.
 */
export function decideExperiment(
  config: ProjectConfig,
  user: UserSnapshot,
  experimentKey: string,
  input: DecideInput = NO_INPUT,
): DecisionOutcome {
  const { trace } = input;
  const compiled = compiledConfig(config);
  const flag = compiledExperiment(compiled, experimentKey);
  if (flag === undefined) {
    trace?.reasons.push({ code: 'experiment-not-found', ruleKey: experimentKey });
    return undecided('experiment-not-found', '', null);
  }
  const [experiment] = flag.experiments as readonly [CompiledRule];
  const result = evaluateExperiment({ compiled, user, input, trace }, flag, experiment);
  return result !== undefined && !('unserved' in result)
    ? result
    : outcomeOf(flag, null, experiment.rule, 'experiment', 'no-rule');
}

/** The precedence within a flag. Each step may decide, or leave it to the next. */
function evaluateFlag(evaluation: Evaluation, flag: CompiledFlag): DecisionOutcome {
  const result =
    overruled(evaluation, flag, null, flag.globalHoldouts, 'feature-test') ?? experimentRules(evaluation, flag);
  if (result !== undefined && !('unserved' in result)) return result;
  const outcome = rolloutRules(evaluation, flag) ?? outcomeOf(flag, null, null, 'rollout', 'no-rule');
  return result?.assignment ? { ...outcome, assignment: result.assignment } : outcome;
}
