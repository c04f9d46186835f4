/** Explaining a flag: the evaluator of every decision, run with a detailed trace and without consequences. */
import type { Explanation, Reason } from '@sortition/core';
import { type DecideCall, evaluate, inputOf, profilesOf } from './decide-call.ts';

/** Returns the steps of a decision that is not made. Never throws. */
export function explainFlag(call: DecideCall, flagKey: string): Explanation {
  const { config, user, loaded, runtime } = call;
  // A store that might do I/O is not asked.
  const isInMemory = loaded || runtime.options.profiles?.sync;
  const session = isInMemory ? profilesOf(call)?.open(user, loaded) : undefined;
  const taken: Reason[] = session?.reason ? [session.reason] : [];
  const trace = { reasons: taken, audiences: [] };
  const { outcome, reasons: steps = [] } = evaluate(call, flagKey, inputOf(call, session, { trace }));
  for (const variableKey of outcome?.invalidVariables ?? []) steps.push({ code: 'variable-invalid', variableKey });
  return {
    flagKey,
    userId: user.userId,
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
