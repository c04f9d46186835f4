/** Impressions: that a user was served a decision, for those decisions the datafile wants to know of. */
import type { DecisionOutcome, ImpressionEvent } from '@sortition/core';
import { DISABLE_DECISION_EVENT } from './decide-bits.ts';
import type { DecisionOrigin } from './flag-decision.ts';

/** Whether a decision is worth an impression: deliveries, and decisions for nothing, only if the datafile says so. */
export function isImpressionDue({ source }: DecisionOutcome, sendFlagDecisions: boolean, bits: number): boolean {
  return (bits & DISABLE_DECISION_EVENT) === 0 && (source !== 'rollout' || sendFlagDecisions);
}

/** Builds the impression of a decision. */
export function buildImpression(
  { config, user, outcome }: DecisionOrigin,
  clientName: string,
  clientVersion: string,
): ImpressionEvent {
  const { rule, variation } = outcome;
  return {
    type: 'impression',
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
  };
}
