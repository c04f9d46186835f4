/**
 * Synchronous versions of asynchronous decide calls, for clients without anything to wait for: promises cost as much as
 * a decision.
 */
import type { DecideOption } from '@sortition/core';
import { decideByRules, decidedByBandit } from '@sortition/core/internal';
import { insideOf } from '../client-internals.ts';
import {
  type DecideCall,
  decideFlag,
  evaluateUnstored,
  finishEach,
  openDecideCall,
  profilesOf,
} from '../decide-call.ts';
import type { DecideSubject } from '../flag-decision.ts';
import { distinctFlagKeys } from '../read-input.ts';

/** A user context, by the type of its decisions. */
interface DecidingUser<D> {
  decide(flagKey: string, options?: readonly DecideOption[]): D;
}

/** Flags, with the step that decides bandits. */
export const FLAG_OR_BANDIT: DecideSubject = {
  type: 'flag',
  decide: (config, user, flagKey, input) => decideByRules(config, user, flagKey, input, decidedByBandit),
};

/** Returns whether an asynchronous call would wait for a profile store or a source of predictions. */
export function mustWait(call: DecideCall): boolean {
  return profilesOf(call) !== undefined || call.client.steps.predict !== undefined;
}

/**
 * Decides one flag as `decideAsync` does. For adapters that answer many requests.
 *
 * @returns `null` when a store or a source of predictions has to be waited for: nothing was decided.
 * @throws SdkError `invalid-user` when `user` is not a user context
 */
export function decideAtOnce<D>(user: DecidingUser<D>, flagKey: string, options?: readonly DecideOption[]): D | null {
  const call = openDecideCall(insideOf(user), options, FLAG_OR_BANDIT);
  return mustWait(call) ? null : (decideFlag(call, flagKey) as D);
}

/**
 * Decides several flags as `decideForKeysAsync` does, or every flag as `decideAllAsync` does. For adapters that answer many
 * requests.
 *
 * @param flagKeys `null`: every flag.
 * @returns The decisions in the order of the keys, or of the datafile; `null` when a store or a source of predictions has to
 *   be waited for: nothing was decided.
 * @throws SdkError `invalid-user` when `user` is not a user context
 */
export function decideEachAtOnce<D>(
  user: DecidingUser<D>,
  flagKeys: readonly string[] | null,
  options?: readonly DecideOption[],
): readonly D[] | null {
  const call = openDecideCall(insideOf(user), options, FLAG_OR_BANDIT);
  if (mustWait(call)) return null;
  const keys = flagKeys === null ? call.config?.flags.keys() : distinctFlagKeys(flagKeys);
  const decisions: D[] = [];
  finishEach(call, evaluateUnstored(call, keys ?? []), (decision) => decisions.push(decision as D));
  return decisions;
}
