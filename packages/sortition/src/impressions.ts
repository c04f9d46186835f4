/** Impressions: that a user was served a decision, for those decisions the datafile wants to know of. */
import type { DecisionOutcome, ProjectConfig, UserSnapshot } from '@sortition/core';
import { FlagDecision } from './flag-decision.ts';
import type { Runtime } from './runtime.ts';

/** Whether a decision is worth an impression: deliveries, and decisions for nothing, only if the datafile says so. */
export function isImpressionDue({ source }: DecisionOutcome, config: ProjectConfig): boolean {
  return source !== 'rollout' || config.sendFlagDecisions;
}

/** Records the impression of a decision, if events have somewhere to go. Never throws. */
export function recordImpression(
  { events, clientName, clientVersion }: Runtime,
  config: ProjectConfig,
  user: UserSnapshot,
  outcome: DecisionOutcome,
): void {
  if (!events.accepts()) return;
  const { rule, variation } = outcome;
  events.record({
    type: 'impression',
    uuid: events.newId(),
    timestamp: Date.now(),
    config,
    userId: user.userId,
    attributes: user.attributes,
    clientName,
    clientVersion,
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

/** Records the impression that DISABLE_DECISION_EVENT held back, the first time. Never throws. */
export function recordHeldImpression(runtime: Runtime, decision: unknown): void {
  const origin = FlagDecision.originOf(decision);
  if (origin === null || !FlagDecision.isOurs(decision)) {
    runtime.problems.reportFirst({
      code: 'no-impression',
      part: 'events',
      message: 'trackImpression was given something that is no successful decision of this client; nothing was sent.',
    });
    return;
  }
  const { config, user, outcome } = origin;
  if (FlagDecision.takeHeld(decision) && isImpressionDue(outcome, config)) {
    recordImpression(runtime, config, user, outcome);
  }
}
