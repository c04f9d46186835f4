/** Asynchronous decide calls: the steps of a decide call, waiting for the profile store and for bandits' predictions. */
import { type CmabPrediction, type CmabRequest, cmabAttributes, type ProjectConfig, type Rule } from '@sortition/core';
import { withDeadline } from './deadline.ts';
import { IGNORE_CMAB_CACHE, INVALIDATE_USER_CMAB_CACHE, RESET_CMAB_CACHE } from './decide-bits.ts';
import {
  addAssignment,
  type DecideCall,
  type Evaluated,
  evaluate,
  finishAll,
  inputOf,
  profilesOf,
} from './decide-call.ts';
import { describeCause } from './describe-cause.ts';
import type { Decisions } from './user-context.ts';

/**
 * Decides flags on the config of this moment, with one lookup and at most one save. Never rejects.
 *
 * Flags are evaluated in rounds: those that need a prediction wait together and are evaluated again with it.
 */
export async function decideFlagsAsync(call: DecideCall, flagKeys: Iterable<string>): Promise<Decisions> {
  let undecided = [...flagKeys];
  const evaluations = new Map<string, Evaluated>();
  const profiles = profilesOf(call);
  const session = await profiles?.openAsync(call.user, call.loaded);
  const fresh = new Map<string, string>();
  /** By rule id. */
  const predictions = call.runtime.options.cmab && new Map<string, CmabPrediction>();
  const input = inputOf(call, session, { fresh, predictions });
  for (;;) {
    /** Rule by flag key. */
    const needed = new Map<string, Rule>();
    for (const key of undecided) {
      const evaluated = evaluate(call, key, input);
      const { outcome } = evaluated;
      addAssignment(fresh, evaluated);
      evaluations.set(key, evaluated);
      if (outcome?.status === 'cmab-needed' && outcome.rule) needed.set(key, outcome.rule);
    }
    if (needed.size === 0) break;
    const rules = [...new Set(needed.values())];
    await Promise.all(rules.map(async (rule) => predictions?.set(rule.id, await predict(call, rule))));
    undecided = [...needed.keys()];
  }
  const saved = session && (await profiles?.saveAsync(call.user, session, fresh));
  return finishAll(call, saved, evaluations.values());
}

/** A source has a shorter deadline of its own; this one is for those that have none. */
const PREDICTION_TIMEOUT_MS = 10_000;

/** Asks for the prediction for one rule; `null` when it could not be had. */
async function predict({ runtime, config, user, bits }: DecideCall, rule: Rule): Promise<CmabPrediction> {
  try {
    const request: CmabRequest = {
      userId: user.userId,
      ruleId: rule.id,
      attributes: cmabAttributes(config as ProjectConfig, user, rule),
      cache: cacheMode(bits),
    };
    const limits = { timeoutMs: PREDICTION_TIMEOUT_MS };
    const answer = await withDeadline('A prediction', limits, () => runtime.options.cmab?.predict(request));
    if (typeof answer?.variationId === 'string') return answer;
    throw new TypeError('The source of predictions answered none.');
  } catch (cause) {
    const message = `The prediction for rule "${rule.key}" could not be had: ${describeCause(cause)}`;
    runtime.problems.report({ code: 'prediction-failed', part: 'cmab', message, cause });
    return null;
  }
}

function cacheMode(bits: number): CmabRequest['cache'] {
  if (bits & IGNORE_CMAB_CACHE) return 'ignore';
  if (bits & RESET_CMAB_CACHE) return 'reset';
  return bits & INVALIDATE_USER_CMAB_CACHE ? 'invalidate-user' : 'use';
}
