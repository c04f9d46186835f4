/** The JSON of an event without its user. */
import type { ConversionEvent, ImpressionEvent } from '@sortition/core';
import { readRevenue, readValue } from './conversion-numbers.ts';
import type { BatchDecision, BatchEvent, BatchSnapshot } from './event-batch.ts';
import { writeJson } from './event-text.ts';
import { rememberByDecision } from './remember.ts';

/**
 * Creates the writer of impressions. A server sends one for nearly each decision, so the text up to the time is cached
 * per decision.
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
    // Ids that an SDK made up, such as those of holdouts, are not ids of the service.
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

/** @param tags The JSON of the sent tags; absent when there are none. */
export function writeConversion(
  { eventId, eventKey, timestamp, uuid }: ConversionEvent,
  tags: string | undefined,
): string {
  // Read from the sent JSON, because a tag may be an object with a `toJSON` method.
  const sent = tags && JSON.parse(tags);
  const tagged = sent && { revenue: readRevenue(sent), value: readValue(sent), tags: sent };
  const happened: BatchEvent = { entity_id: eventId, timestamp, key: eventKey, uuid, ...tagged };
  const snapshots: readonly BatchSnapshot[] = [{ events: [happened] }];
  return writeJson({ snapshots }).slice(0, -1);
}
