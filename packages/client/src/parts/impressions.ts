/** Impressions: that a user was served a decision. */
import type { DecisionOutcome, ProjectConfig, UserSnapshot } from '@sortition/core';
import type { ClientCore } from '../client-core.ts';
import type { EventRecorder } from './event-recorder.ts';

/** What was decided, for which user, on which config. */
export interface ServedDecision {
  readonly config: ProjectConfig;
  readonly user: UserSnapshot;
  readonly outcome: DecisionOutcome;
  /** Of the event; made by the sink when absent. */
  readonly uuid?: string | undefined;
}

/** Records the impression of a decision, if events have somewhere to go. Never throws. */
export function recordImpression(
  { host }: ClientCore,
  recorder: EventRecorder,
  { config, user, outcome, uuid }: ServedDecision,
): void {
  if (!recorder.acceptsEvents()) return;
  const { rule, variation } = outcome;
  recorder.record({
    type: 'impression',
    uuid: uuid ?? recorder.newEventId(),
    timestamp: Date.now(),
    config,
    userId: user.userId,
    attributes: user.attributes,
    clientName: host.clientName,
    clientVersion: host.clientVersion,
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
