/** Impressions that DISABLE_DECISION_EVENT held back and the application sends later. */
import type { DecisionOutcome, ProjectConfig, UserSnapshot } from '@sortition/core';
import { DISABLE_DECISION_EVENT } from '../decide-bits.ts';
import { isImpressionDue, originOf } from '../flag-decision.ts';
import type { Problems } from '../problem-reporter.ts';

/** The decision, its user and its config. */
export interface HeldDecision {
  readonly config: ProjectConfig;
  readonly user: UserSnapshot;
  readonly outcome: DecisionOutcome;
}

/** Returns the held decision, the first time. */
export function takeHeldImpression(problems: Problems, decision: unknown): HeldDecision | undefined {
  const origin = originOf(decision);
  if (origin?.config == null || origin.outcome?.status !== 'decided') {
    const message = 'The argument of trackImpression is not a successful decision of this client; nothing was sent.';
    problems.reportFirst({ code: 'no-impression', part: 'events', message });
    return undefined;
  }
  const { config, user, bits, outcome } = origin;
  const wasHeld = (bits & DISABLE_DECISION_EVENT) !== 0 && isImpressionDue(outcome, config);
  // Stored in the decision, so that clients of other copies of this package see it.
  origin.bits &= ~DISABLE_DECISION_EVENT;
  return wasHeld ? { config, user, outcome } : undefined;
}
