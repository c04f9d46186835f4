/** Asynchronous decide calls: the steps of a decide call, waiting for the profile store and for bandits' predictions. */
import { type CmabPrediction, type CmabRequest, cmabAttributes, type DecideInput, type Rule } from '@sortition/core';
import { withDeadline } from './deadline.ts';
import {
  IGNORE_CMAB_CACHE,
  IGNORE_USER_PROFILE_SERVICE,
  INCLUDE_REASONS,
  INVALIDATE_USER_CMAB_CACHE,
  RESET_CMAB_CACHE,
} from './decide-bits.ts';
import {
  addAssignment,
  type DecideCall,
  type Evaluated,
  evaluate,
  evaluateEach,
  finishAll,
  inputOf,
  isReady,
  notReady,
  notReadyEach,
  type ReadyCall,
} from './decide-call.ts';
import { describeCause } from './describe-cause.ts';
import type { ProfileSession } from './profiles/profile-session.ts';
import type { Decision, Decisions } from './user-context.ts';

type Predictions = Map<string, CmabPrediction>;

/** Decides one flag. Never rejects. */
export async function decideFlagAsync(call: DecideCall, flagKey: string): Promise<Decision> {
  const decisions = await decideFlagsAsync(call, [flagKey]);
  return decisions[flagKey] ?? notReady(call, flagKey);
}

/**
 * Decides several flags on the config of this moment, with one lookup and at most one save. Never rejects.
 */
export async function decideFlagsAsync(call: DecideCall, flagKeys: Iterable<string>): Promise<Decisions> {
  if (!isReady(call)) return notReadyEach(call, flagKeys);
  const { runtime, user, loaded, bits } = call;
  const keys = [...flagKeys];
  const profiles = (bits & IGNORE_USER_PROFILE_SERVICE) === 0 ? runtime.profiles : null;
  const session = await profiles?.openAsync(user, loaded);
  const fresh = new Map<string, string>();
  const evaluations = runtime.cmab
    ? await evaluateInRounds(call, keys, session, fresh)
    : evaluateEach(call, keys, session, fresh);
  const saved = profiles && session && fresh.size > 0 ? await profiles.saveAsync(user, session, fresh) : undefined;
  return finishAll(call, session, evaluations, saved);
}

/** Evaluates in rounds: those that need a prediction wait together and are evaluated again with it. */
async function evaluateInRounds(
  call: ReadyCall,
  keys: readonly string[],
  session: ProfileSession | undefined,
  fresh: Map<string, string>,
): Promise<readonly Evaluated[]> {
  const predictions: Predictions = new Map();
  const input = inputOf(call, session, fresh, predictions);
  const done = new Map<string, Evaluated>();
  for (;;) {
    const needed = new Set<Rule>();
    for (const key of keys) {
      if (done.has(key)) continue;
      const evaluated = evaluateWith(call, key, input);
      if (evaluated.outcome?.status === 'cmab-needed' && evaluated.outcome.rule) needed.add(evaluated.outcome.rule);
      else {
        addAssignment(fresh, evaluated.outcome);
        done.set(key, evaluated);
      }
    }
    if (needed.size === 0) return keys.flatMap((key) => done.get(key) ?? []);
    await Promise.all([...needed].map((rule) => predict(call, rule, predictions)));
  }
}

/** A bandit that failed is explained in full even when reasons were not asked for. */
function evaluateWith(call: ReadyCall, key: string, input: DecideInput): Evaluated {
  const evaluated = evaluate(call, key, input);
  if (evaluated.outcome?.status !== 'cmab-failed' || evaluated.reasons) return evaluated;
  return evaluate({ ...call, bits: call.bits | INCLUDE_REASONS }, key, input);
}

/** A source has a shorter deadline of its own; this one is for those that have none. */
const PREDICTION_TIMEOUT_MS = 10_000;

/** Adds the prediction for one rule; `null` when it could not be had. */
async function predict(call: ReadyCall, rule: Rule, predictions: Predictions): Promise<void> {
  const { runtime, config, user, bits } = call;
  try {
    const request: CmabRequest = {
      userId: user.userId,
      ruleId: rule.id,
      attributes: cmabAttributes(config, user, rule),
      cache: cacheMode(bits),
    };
    const limits = { timeoutMs: PREDICTION_TIMEOUT_MS };
    const answer = await withDeadline('A prediction', limits, () => runtime.cmab?.predict(request));
    if (typeof answer?.variationId !== 'string') throw new TypeError('The source of predictions answered none.');
    predictions.set(rule.id, answer);
  } catch (cause) {
    predictions.set(rule.id, null);
    runtime.problems.report({
      code: 'prediction-failed',
      part: 'cmab',
      message: `The prediction for rule "${rule.key}" could not be had: ${describeCause(cause)}`,
      cause,
    });
  }
}

function cacheMode(bits: number): CmabRequest['cache'] {
  if (bits & IGNORE_CMAB_CACHE) return 'ignore';
  if (bits & RESET_CMAB_CACHE) return 'reset';
  return bits & INVALIDATE_USER_CMAB_CACHE ? 'invalidate-user' : 'use';
}
