/** Impressions: that a user was served a decision, for those decisions the datafile wants to know of. */
import type { DecisionOutcome, ProjectConfig, UserSnapshot } from '@sortition/core';
import { DISABLE_DECISION_EVENT } from './decide-bits.ts';
import { acceptsEvents, newEventId, recordEvent } from './event-recorder.ts';
import { FlagDecision } from './flag-decision.ts';
import type { Runtime } from './runtime.ts';
import type { Decision } from './user-context.ts';

/** Whether a decision is worth an impression: deliveries, and decisions for nothing, only if the datafile says so. */
export function isImpressionDue({ source }: DecisionOutcome, config: ProjectConfig): boolean {
  return source !== 'rollout' || config.sendFlagDecisions;
}

/** Records the impression of a decision, if events have somewhere to go. Never throws. */
export function recordImpression(
  runtime: Runtime,
  config: ProjectConfig,
  user: UserSnapshot,
  outcome: DecisionOutcome,
): void {
  if (!acceptsEvents(runtime)) return;
  const { rule, variation } = outcome;
  recordEvent(runtime, {
    type: 'impression',
    uuid: newEventId(runtime),
    timestamp: Date.now(),
    config,
    userId: user.userId,
    attributes: user.attributes,
    clientName: runtime.host.clientName,
    clientVersion: runtime.host.clientVersion,
    flagKey: outcome.flagKey,
    ruleKey: rule?.key ?? '',
    ruleType: outcome.source,
    variationKey: variation?.key ?? '',
    enabled: outcome.enabled,
    experimentId: rule?.id ?? null,
    variationId: variation?.id ?? null,
    layerId: rule === null ? null : (rule.layerId ?? ''),
    cmabUuid: outcome.cmabUuid,
  });
}

/** Decisions whose impression was held back and then sent; so rare that decisions do without a field for it. */
const sent = new WeakSet<object>();

/** Records the impression that DISABLE_DECISION_EVENT held back, the first time. Never throws. */
export function recordHeldImpression(runtime: Runtime, decision: Decision): void {
  const origin = FlagDecision.originOf(decision);
  if (origin === null) {
    runtime.problems.reportFirst({
      code: 'no-impression',
      part: 'events',
      message: 'trackImpression was given something that is no successful decision of this client; nothing was sent.',
    });
    return;
  }
  const { config, user, bits, outcome } = origin;
  if ((bits & DISABLE_DECISION_EVENT) === 0 || sent.has(decision) || !isImpressionDue(outcome, config)) return;
  sent.add(decision);
  recordImpression(runtime, config, user, outcome);
}
