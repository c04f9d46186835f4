/** Impressions that DISABLE_DECISION_EVENT held back and the application sends later. */
import type { ClientCore } from '../client-core.ts';
import { DISABLE_DECISION_EVENT } from '../decide-bits.ts';
import { FlagDecision, isImpressionDue } from '../flag-decision.ts';
import type { Recorder } from '../part.ts';

/** Decisions whose impression was held back and then sent; so rare that decisions do without a field for it. */
const sent = new WeakSet<object>();

/** Records the impression that DISABLE_DECISION_EVENT held back, the first time. Never throws. */
export function recordHeldImpression(
  { problems }: ClientCore,
  record: Recorder['impression'],
  decision: unknown,
): void {
  const origin = FlagDecision.originOf(decision);
  if (origin?.config == null || origin.outcome?.status !== 'decided') {
    problems.reportFirst({
      code: 'no-impression',
      part: 'events',
      message: 'The argument of trackImpression is not a successful decision of this client; nothing was sent.',
    });
    return;
  }
  const { config, user, bits, outcome } = origin;
  if ((bits & DISABLE_DECISION_EVENT) === 0 || sent.has(decision as object) || !isImpressionDue(outcome, config))
    return;
  sent.add(decision as object);
  record(config, user, outcome);
}
