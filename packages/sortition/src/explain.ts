/** Explaining a flag: the evaluator of every decision, run with a detailed trace and without consequences. */
import { type DecisionOutcome, decide, type Explanation, type Reason } from '@sortition/core';
import { IGNORE_USER_PROFILE_SERVICE } from './decide-bits.ts';
import type { DecideCall } from './decide-call.ts';
import { describeCause } from './describe-cause.ts';

/** Returns the steps of a decision that is not made. Never throws. */
export function explainFlag({ runtime, config, user, loaded, bits }: DecideCall, flagKey: string): Explanation {
  const steps: Reason[] = [];
  const explain = (status: Explanation['status'], outcome?: DecisionOutcome): Explanation => ({
    flagKey,
    userId: user.userId,
    revision: config?.revision ?? null,
    status,
    ruleKey: outcome?.rule?.key ?? null,
    variationKey: outcome?.variation?.key ?? null,
    source: outcome?.source ?? 'rollout',
    enabled: outcome?.enabled ?? false,
    variables: outcome?.variables ?? {},
    steps,
  });
  if (config === null) {
    steps.push({ code: 'sdk-not-ready' });
    return explain('not-ready');
  }
  const ignoreAssignments = (bits & IGNORE_USER_PROFILE_SERVICE) !== 0;
  const session = ignoreAssignments ? undefined : runtime.profiles?.peek(user, loaded);
  if (session?.reason) steps.push(session.reason);
  try {
    const trace = { reasons: steps, audiences: [] };
    const outcome = decide(config, user, flagKey, { stored: session?.stored, ignoreAssignments, trace });
    for (const variableKey of outcome.invalidVariables) steps.push({ code: 'variable-invalid', variableKey });
    return explain(outcome.status, outcome);
  } catch (cause) {
    steps.push({ code: 'evaluation-failed', flagKey, message: describeCause(cause) });
    return explain('evaluation-failed');
  }
}
