/** Deciding experiments by their own key, as `getVariation` and `activate` of the official SDK do. */
import {
  type Assignments,
  type DecideOption,
  decideExperiment as decideByKey,
  type Explanation,
  type ProjectConfig,
  type UserSnapshot,
} from '@sortition/core';
import { findOwnVariation } from '@sortition/core/internal';
import { insideOf } from '../client-internals.ts';
import { decideFlag, openCall, openDecideCall } from '../decide-call.ts';
import type { DecideSubject } from '../flag-decision.ts';
import type { LeanDecision, LeanUser } from '../lean-user.ts';
import type { AnyFlags, FlagMap } from '../typed-flags.ts';
import { decideOneAsync } from './decide-async.ts';
import { explainCall } from './explain.ts';

const EXPERIMENT: DecideSubject = {
  type: 'experiment',
  decide(config, user, experimentKey, input) {
    const forcedVariations = forcedVariationsOf(config, user, experimentKey);
    return decideByKey(config, user, experimentKey, forcedVariations ? { ...input, forcedVariations } : input);
  },
};

/** Returns the variation that is forced for the target `{ flagKey: '', ruleKey: <experiment key> }`, by the id of the experiment. */
function forcedVariationsOf(
  { rules }: ProjectConfig,
  { forcedDecisions }: UserSnapshot,
  experimentKey: string,
): Assignments | undefined {
  const variationKey = forcedDecisions?.get('')?.get(experimentKey);
  if (variationKey === undefined) return undefined;
  return {
    get(experimentId) {
      const experiment = rules.get(experimentId);
      return experiment && findOwnVariation(experiment, variationKey)?.id;
    },
  };
}

/**
 * Decides an experiment by its own key, whether or not it belongs to a flag. Never throws for a user context.
 *
 * In the decision `ruleKey` is the experiment, `flagKey` is `''`, `variables` is `{}`, and `enabled` says whether there
 * is a variation. `setForcedDecision({ flagKey: '', ruleKey: experimentKey }, …)` forces its variation, as
 * `setForcedVariation` does. If there is a variation, an impression is recorded, as by `activate`; with
 * DISABLE_DECISION_EVENT none is, as by `getVariation`.
 *
 * @throws SdkError `invalid-user` when `user` is not a user context
 */
export function decideExperiment<F extends FlagMap<F> = AnyFlags, R = unknown>(
  user: LeanUser<F, R>,
  experimentKey: string,
  options?: readonly DecideOption[],
): LeanDecision<AnyFlags, string, R> {
  const call = openDecideCall(insideOf(user), options, EXPERIMENT);
  return decideFlag(call, experimentKey) as unknown as LeanDecision<AnyFlags, string, R>;
}

/** Decides as `decideExperiment` does, and waits for asynchronous stores and bandits. */
export async function decideExperimentAsync<F extends FlagMap<F> = AnyFlags, R = unknown>(
  user: LeanUser<F, R>,
  experimentKey: string,
  options?: readonly DecideOption[],
): Promise<LeanDecision<AnyFlags, string, R>> {
  const call = openDecideCall(insideOf(user), options, EXPERIMENT);
  return (await decideOneAsync(call, experimentKey)) as unknown as LeanDecision<AnyFlags, string, R>;
}

/** Explains step by step how an experiment would be decided; records and stores nothing. */
export function explainExperiment<F extends FlagMap<F> = AnyFlags, R = unknown>(
  user: LeanUser<F, R>,
  experimentKey: string,
  options?: readonly DecideOption[],
): Explanation {
  return explainCall(openCall(insideOf(user), options, EXPERIMENT), experimentKey);
}
