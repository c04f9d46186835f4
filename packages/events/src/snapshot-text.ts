/** What happened, without whom it happened to: a visitor as JSON up to its snapshots. */
import type { ConversionEvent, ImpressionEvent } from '@sortition/core';
import { readRevenue, readValue } from './conversion-numbers.ts';
import type { BatchDecision, BatchEvent, BatchSnapshot } from './event-batch.ts';
import { writeJson } from './event-text.ts';
import { rememberByDecision } from './remember.ts';

/**
 * Creates the writer of impressions. A server sends one for nearly each decision, so their text up to the time is remembered
 * for what was decided.
 */
export function createImpressionWriter(): (event: ImpressionEvent) => string {
  const headOf = rememberByDecision(writeHead);
  return (event) =>
    `${headOf(event)}${writeJson(event.timestamp)},"key":"campaign_activated","uuid":${writeJson(event.uuid)}}]}]`;
}

/** The text up to the time of the event. */
function writeHead(event: ImpressionEvent): string {
  const { experimentId, variationId, flagKey, ruleKey, ruleType, variationKey, enabled, cmabUuid } = event;
  const campaignId = event.layerId || experimentId || null;
  const decision: BatchDecision = {
    campaign_id: campaignId,
    experiment_id: experimentId ?? '',
    // Ids made up by an SDK, such as a holdout's, are no ids to the service.
    variation_id: variationId !== null && /^\d+$/.test(variationId) ? variationId : null,
    metadata: {
      flag_key: flagKey,
      rule_key: ruleKey,
      rule_type: ruleType,
      variation_key: variationKey,
      enabled,
      cmab_uuid: cmabUuid,
    },
  };
  const served = { entity_id: campaignId, timestamp: 0 };
  return writeJson({ snapshots: [{ decisions: [decision], events: [served] }] }).slice(0, -'0}]}]}'.length);
}

/** @param tags The JSON of those that are sent; absent when the event has none. */
export function writeConversion(
  { eventId, eventKey, timestamp, uuid }: ConversionEvent,
  tags: string | undefined,
): string {
  // As they are sent: a tag may be an object that JSON writes in a way of its own.
  const sent = tags && JSON.parse(tags);
  const tagged = sent && { revenue: readRevenue(sent), value: readValue(sent), tags: sent };
  const happened: BatchEvent = { entity_id: eventId, timestamp, key: eventKey, uuid, ...tagged };
  const snapshots: readonly BatchSnapshot[] = [{ events: [happened] }];
  return writeJson({ snapshots }).slice(0, -1);
}
