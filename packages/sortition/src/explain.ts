/** Explaining a flag: the evaluator of every decision, run with a detailed trace and without consequences. */
import { decide, type Explanation, type Reason } from '@sortition/core';
import { IGNORE_USER_PROFILE_SERVICE } from './decide-bits.ts';
import type { DecideCall } from './decide-call.ts';
import { describeCause } from './describe-cause.ts';

/** Returns the steps of a decision that is not made. Never throws. */
export function explainFlag({ runtime, config, user, loaded, bits }: DecideCall, flagKey: string): Explanation {
  const steps: Reason[] = [];
  const base = { flagKey, userId: user.userId, revision: config?.revision ?? null, steps };
  const nothing = { ruleKey: null, variationKey: null, source: 'rollout', enabled: false, variables: {} } as const;
  if (config === null) {
    steps.push({ code: 'sdk-not-ready' });
    return { ...base, ...nothing, status: 'not-ready' };
  }
  const ignoreAssignments = (bits & IGNORE_USER_PROFILE_SERVICE) !== 0;
  const session = ignoreAssignments ? undefined : runtime.profiles?.peek(user, loaded);
  if (session?.reason) steps.push(session.reason);
  try {
    const trace = { reasons: steps, audiences: [] };
    const outcome = decide(config, user, flagKey, { stored: session?.stored, ignoreAssignments, trace });
    for (const variableKey of outcome.invalidVariables) steps.push({ code: 'variable-invalid', variableKey });
    const { status, rule, variation, source, enabled, variables } = outcome;
    return {
      ...base,
      status,
      ruleKey: rule?.key ?? null,
      variationKey: variation?.key ?? null,
      source,
      enabled,
      variables,
    };
  } catch (cause) {
    steps.push({ code: 'evaluation-failed', flagKey, message: describeCause(cause) });
    return { ...base, ...nothing, status: 'evaluation-failed' };
  }
}
