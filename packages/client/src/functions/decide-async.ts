/** Asynchronous decide calls, which wait for the profile store and for bandits' predictions. */
import type { CmabPrediction, CmabRequest, DecideOption, ProjectConfig, Reason, Rule } from '@sortition/core';
import { cmabAttributes, NO_INPUT } from '@sortition/core/internal';
import { insideOf } from '../client-internals.ts';
import { ENABLED_FLAGS_ONLY, IGNORE_CMAB_CACHE, INVALIDATE_USER_CMAB_CACHE, RESET_CMAB_CACHE } from '../decide-bits.ts';
import {
  type DecideCall,
  decideFlags,
  evaluate,
  evaluator,
  type FlagDecisions,
  finishAll,
  openDecideCall,
  profilesOf,
} from '../decide-call.ts';
import { type Evaluated, evaluateInTurn } from '../evaluated.ts';
import type { FlagDecision } from '../flag-decision.ts';
import type { LeanDecision, LeanDecisions, LeanUser } from '../lean-user.ts';
import { distinctFlagKeys, toKey } from '../read-input.ts';
import type { AnyFlags, FlagKey, FlagMap } from '../typed-flags.ts';
import { FLAG_OR_BANDIT, mustWait } from './decide-at-once.ts';

/**
 * Decides one flag as `user.decide` does, and waits for asynchronous stores and bandits. Never rejects for a user context.
 *
 * @throws SdkError `invalid-user`, as a rejection, when `user` is not a user context
 */
export async function decideAsync<
  F extends FlagMap<F> = AnyFlags,
  K extends FlagKey<F> = FlagKey<F>,
  R = Reason | string,
>(user: LeanUser<F, R>, flagKey: K, options?: readonly DecideOption[]): Promise<LeanDecision<F, K, R>> {
  const call = openDecideCall(insideOf(user), options, FLAG_OR_BANDIT);
  return (await decideOneAsync(call, flagKey)) as unknown as LeanDecision<F, K, R>;
}

/** Decides one flag or experiment, even if the options exclude disabled ones. */
export async function decideOneAsync(call: DecideCall, given: unknown): Promise<FlagDecision | undefined> {
  const key = toKey(given);
  return (await decideFlagsAsync({ ...call, bits: call.bits & ~ENABLED_FLAGS_ONLY }, [key]))[key];
}

/** Decides several flags as `user.decideForKeys` does, and waits as `decideAsync` does. */
export async function decideForKeysAsync<
  F extends FlagMap<F> = AnyFlags,
  R = Reason | string,
  K extends FlagKey<F> = FlagKey<F>,
>(user: LeanUser<F, R>, flagKeys: readonly K[], options?: readonly DecideOption[]): Promise<LeanDecisions<F, R>> {
  const keys = distinctFlagKeys(flagKeys);
  const inside = insideOf(user);
  const decisions =
    keys.size === 0 ? {} : await decideFlagsAsync(openDecideCall(inside, options, FLAG_OR_BANDIT), keys);
  return decisions as unknown as LeanDecisions<F, R>;
}

/** Decides every flag as `user.decideAll` does, and waits as `decideAsync` does. */
export async function decideAllAsync<F extends FlagMap<F> = AnyFlags, R = Reason | string>(
  user: LeanUser<F, R>,
  options?: readonly DecideOption[],
): Promise<LeanDecisions<F, R>> {
  const call = openDecideCall(insideOf(user), options, FLAG_OR_BANDIT);
  return (await decideFlagsAsync(call, call.config?.flags.keys() ?? [])) as unknown as LeanDecisions<F, R>;
}

/**
 * Decides flags on the current config, with one lookup and at most one save. Never rejects.
 *
 * Flags are evaluated in rounds: all predictions of a round are fetched together, and their flags are then evaluated
 * again.
 */
async function decideFlagsAsync(call: DecideCall, flagKeys: Iterable<string>): Promise<FlagDecisions> {
  if (!mustWait(call)) return decideFlags(call, flagKeys);
  let undecided = [...flagKeys];
  const evaluations = new Map<string, Evaluated>();
  const profiles = profilesOf(call);
  const session = await profiles?.openAsync(call.user, call.loaded);
  const fresh = new Map<string, string>();
  /** By rule id. */
  const predictions = call.client.steps.predict && new Map<string, CmabPrediction>();
  const input = { ...NO_INPUT, fresh, stored: session?.stored, predictions };
  for (;;) {
    /** Rule by flag key. */
    const needed = new Map<string, Rule>();
    for (const evaluated of evaluateInTurn(undecided, fresh, (key) => evaluate(call, key, input))) {
      const { flagKey, outcome } = evaluated;
      evaluations.set(flagKey, evaluated);
      if (outcome?.status === 'cmab-needed' && outcome.rule) needed.set(flagKey, outcome.rule);
    }
    if (needed.size === 0) break;
    const rules = [...new Set(needed.values())];
    await Promise.all(rules.map(async (rule) => predictions?.set(rule.id, (await predict(call, rule)) ?? null)));
    undecided = [...needed.keys()];
  }
  const all = evaluations.values();
  if (!session || !profiles) return finishAll(call, all);
  const saved = await profiles.saveAsync(call.user, session, fresh);
  return finishAll(call, profiles.completeAll(saved, all, evaluator(call)));
}

/** Fetches the prediction for one rule; `null` when there is none. */
function predict({ client, config, user, bits }: DecideCall, rule: Rule): Promise<CmabPrediction> | undefined {
  const attributes = cmabAttributes(config as ProjectConfig, user, rule);
  return client.steps.predict?.({ userId: user.userId, ruleId: rule.id, attributes, cache: cacheMode(bits) }, rule.key);
}

function cacheMode(bits: number): CmabRequest['cache'] {
  if (bits & IGNORE_CMAB_CACHE) return 'ignore';
  if (bits & RESET_CMAB_CACHE) return 'reset';
  return bits & INVALIDATE_USER_CMAB_CACHE ? 'invalidate-user' : 'use';
}
