/** Explaining a flag: runs the evaluator that makes decisions, with a detailed trace and without side effects. */
import { type DecideOption, detailedTrace, type Explanation, type Reason } from '@sortition/core';
import { NO_INPUT } from '@sortition/core/internal';
import { insideOf } from '../client-internals.ts';
import { type DecideCall, evaluate, openCall, profilesOf } from '../decide-call.ts';
import type { LeanUser } from '../lean-user.ts';
import { toKey } from '../read-input.ts';
import type { AnyFlags, FlagKey, FlagMap } from '../typed-flags.ts';

/**
 * Explains step by step how a flag would be decided; records and stores nothing, and does not use a store that may do
 * I/O. `formatExplanation` of `@sortition/core` turns it into text.
 *
 * @throws SdkError `invalid-user` when `user` is not a user context
 */
export function explain<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>>(
  user: LeanUser<F>,
  flagKey: K,
  options?: readonly DecideOption[],
): Explanation {
  return explainCall(openCall(insideOf(user), options), flagKey);
}

/** Explains one flag or experiment, whatever its key is. */
export function explainCall(call: DecideCall, given: unknown): Explanation {
  const key = toKey(given);
  const { config, loaded } = call;
  const session = profilesOf(call)?.peek(call.user, loaded);
  const taken: Reason[] = session?.reason ? [session.reason] : [];
  const trace = detailedTrace(taken);
  const input = { ...NO_INPUT, stored: session?.stored, trace };
  const { outcome, reasons: steps = [] } = evaluate(call, key, input);
  for (const variableKey of outcome?.invalidVariables ?? []) steps.push({ code: 'variable-invalid', variableKey });
  return {
    flagKey: call.subject.type === 'flag' ? key : '',
    userId: call.user.userId,
    revision: config?.revision ?? null,
    status: outcome?.status ?? (config ? 'evaluation-failed' : 'not-ready'),
    ruleKey: outcome?.rule?.key ?? null,
    variationKey: outcome?.variation?.key ?? null,
    source: outcome?.source ?? 'rollout',
    enabled: outcome?.enabled ?? false,
    variables: outcome?.variables ?? {},
    steps,
  };
}
