/**
 * The decision for one flag and one user: small steps over plain data, run in this order. The first step that has a
 * result ends the decision.
 *
 * | step | asked                                                                        | file in `packages/core/src`             |
 * | ---- | ---------------------------------------------------------------------------- | --------------------------------------- |
 * | 1    | the variation the application forces for the flag                            | `steps/overruled.ts`                    |
 * | 2    | global holdouts                                                              | `steps/overruled.ts`                    |
 * | 3    | each experiment rule, in the order of the flag:                              | `steps/experiment-rules.ts`             |
 * | 3a   | the variation the application forces for the rule                            | `steps/overruled.ts`                    |
 * | 3b   | local holdouts of the rule                                                   | `steps/overruled.ts`                    |
 * | 3c   | status: only `Running` rules go on                                           | `steps/experiment-rules.ts`             |
 * | 3d   | the variation forced for the experiment, then the allow-list of the datafile | `steps/experiment-rules.ts`             |
 * | 3e   | the variation the user was assigned before                                   | `steps/experiment-rules.ts`             |
 * | 3f   | audience; unknown counts as not met                                          | `steps/admission.ts`                    |
 * | 3g   | exclusion group, then the bucket, or the prediction for a bandit             | `steps/admission.ts`, `steps/bandit.ts` |
 * | 4    | each delivery, in order: 3a, 3b, 3f, 3g                                      | `steps/rollout-rules.ts`                |
 * | 5    | no rule serves the user: the flag is off, with the defaults of its variables | `decide.ts`                             |
 *
 * A user in the audience of a delivery but outside its traffic goes to the last delivery.
 *
 * Pure and synchronous: no clock, no network, no store. The caller loads stored data before, and records the result.
 */
import { changeOutcome, outcomeOf, undecided } from './build-outcome.ts';
import {
  type CompiledFlag,
  type CompiledRule,
  compiledConfig,
  compiledExperiment,
  compiledFlag,
} from './compiled-config.ts';
import type { DecisionOutcome } from './decision-outcome.ts';
import type { BanditStep, CompleteInput, DecideInput, Evaluation } from './evaluation.ts';
import type { ProjectConfig } from './project-config.ts';
import { decidedByBandit } from './steps/bandit.ts';
import { evaluateExperiment, experimentRules } from './steps/experiment-rules.ts';
import { overruled } from './steps/overruled.ts';
import { rolloutRules } from './steps/rollout-rules.ts';
import type { UserSnapshot } from './user.ts';

/** The input of a decision by nothing but config and user. */
export const NO_INPUT: CompleteInput = {
  fresh: undefined,
  stored: undefined,
  forcedVariations: undefined,
  ignoreAssignments: false,
  predictions: undefined,
  trace: undefined,
};

/** Decides a flag for a user. Never throws on any config that `parseDatafile` accepted. */
export function decide(
  config: ProjectConfig,
  user: UserSnapshot,
  flagKey: string,
  input?: DecideInput,
): DecisionOutcome {
  return decideByRules(config, user, flagKey, ownInput(input), decidedByBandit);
}

/**
 * Does the same, but skips bandits unless the step that decides them is given.
 *
 * @param input Complete: it is not copied.
 */
export function decideByRules(
  config: ProjectConfig,
  user: UserSnapshot,
  flagKey: string,
  input: CompleteInput,
  bandit?: BanditStep,
): DecisionOutcome {
  const evaluation = begin(config, user, input, bandit);
  const flag = compiledFlag(evaluation.compiled, flagKey);
  if (flag !== undefined) return evaluateFlag(evaluation, flag);
  evaluation.trace?.reasons.push({ code: 'flag-not-found', flagKey });
  return undecided('flag-not-found', flagKey, null);
}

/**
 * Decides an experiment by its own key, whether or not it belongs to a flag. Never throws on any config that
 * `parseDatafile` accepted.
 *
 * The order is 3c to 3g, which is that of `getVariation` and `activate` of the official SDK.
 * Holdouts and forced decisions belong to flags and are not applied. Deliveries have no key of their own here: a key
 * that only a delivery has is `experiment-not-found`.
 *
 * In the outcome `flagKey` is `''`, `source` is `'experiment'`, `rule` is the experiment (also when it serves nothing),
 * `variables` is empty, and `enabled` tells whether there is a variation. `assignment` is to be stored as after `decide`. An
 * impression is due when there is a variation; its fields are those of any outcome.
 *
 * @param input As for `decide`; with a `trace` each step is recorded for reasons and explanations.
 */
export function decideExperiment(
  config: ProjectConfig,
  user: UserSnapshot,
  experimentKey: string,
  input?: DecideInput,
): DecisionOutcome {
  const evaluation = begin(config, user, ownInput(input), decidedByBandit);
  const flag = compiledExperiment(evaluation.compiled, experimentKey);
  if (flag === undefined) {
    evaluation.trace?.reasons.push({ code: 'experiment-not-found', ruleKey: experimentKey });
    return undecided('experiment-not-found', '', null);
  }
  const [experiment] = flag.experiments as readonly [CompiledRule];
  const result = evaluateExperiment(evaluation, flag, experiment);
  const outcome =
    result !== undefined && result.status !== 'unserved'
      ? result
      : outcomeOf(flag, null, experiment.rule, 'experiment', 'no-rule');
  const enabled = outcome.variation !== null;
  // Set once, in the shared outcome; afterwards that may be frozen by code that received it.
  return outcome.enabled === enabled ? outcome : Object.assign(outcome, { enabled });
}

function evaluateFlag(evaluation: Evaluation, flag: CompiledFlag): DecisionOutcome {
  const result = overruled(evaluation, flag, null, 'feature-test') ?? experimentRules(evaluation, flag);
  if (result !== undefined && result.status !== 'unserved') return result;
  const outcome = rolloutRules(evaluation, flag) ?? outcomeOf(flag, null, null, 'rollout', 'no-rule');
  return result?.assignment ? changeOutcome(outcome, result.assignment, outcome.cmabUuid) : outcome;
}

/** Only own properties of the input are read, so that a polluted `Object.prototype` adds nothing. */
function ownInput(given: DecideInput | undefined): CompleteInput {
  return given === undefined ? NO_INPUT : { ...NO_INPUT, ...given };
}

function begin(
  config: ProjectConfig,
  user: UserSnapshot,
  input: CompleteInput,
  bandit: BanditStep | undefined,
): Evaluation {
  return { compiled: compiledConfig(config), user, input, trace: input.trace, bandit };
}
