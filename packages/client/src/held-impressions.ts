/** Impressions that DISABLE_DECISION_EVENT held back and the application sends later. */
import type { ClientInternals } from './client-internals.ts';
import { DISABLE_DECISION_EVENT } from './decide-bits.ts';
import { FlagDecision, isImpressionDue } from './flag-decision.ts';
import type { Problems } from './problem-reporter.ts';

/** Decisions whose impression was held back and then sent; so rare that decisions do without a field for it. */
const sent = new WeakSet<object>();

/** Records the impression that DISABLE_DECISION_EVENT held back, the first time. Never throws. */
export function recordHeldImpression({ problems, steps }: ClientInternals, decision: unknown): void {
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
  if (!steps.recorder) {
    reportNoRecorder(problems);
    return;
  }
  sent.add(decision as object);
  steps.recorder.impression(config, user, outcome);
}

/** Says that an application tracks something that goes nowhere. */
export function reportNoRecorder(problems: Problems): void {
  const message = 'The client does not record events. Pass "recordTo(createBatchEvents())" among its parts.';
  problems.reportFirst({ code: 'no-event-sink', part: 'events', message });
}
