/**
 * Batch payloads: impressions and conversions in the documented wire format, field for field what the official JavaScript
 * SDK sends.
 *
 * Pure. A request says once what its events have in common and has one visitor with one snapshot per event.
 */
import type { ConversionEvent, EventTags, ImpressionEvent } from '@sortition/core';
import type { BatchEnvelope, RecordedEvent } from './batch-context.ts';
import { readRevenue, readValue } from './conversion-numbers.ts';
import type { VisitorAttribute } from './visitor-attributes.ts';

/** The body of a request. */
export interface EventBatch extends BatchEnvelope {
  readonly visitors: readonly BatchVisitor[];
}

/** One event with the user it happened to. */
export interface BatchVisitor {
  readonly snapshots: readonly [BatchSnapshot];
  readonly visitor_id: string;
  readonly attributes: readonly VisitorAttribute[];
}

/** Impressions have `decisions`, conversions do not. */
export interface BatchSnapshot {
  readonly decisions?: readonly [BatchDecision];
  readonly events: readonly [BatchEvent];
}

/** What was decided, and by which rule of which flag. */
export interface BatchDecision {
  readonly campaign_id: string | null;
  readonly experiment_id: string;
  readonly variation_id: string | null;
  readonly metadata: {
    readonly flag_key: string;
    readonly rule_key: string;
    readonly rule_type: string;
    readonly variation_key: string;
    readonly enabled: boolean;
    readonly cmab_uuid?: string | undefined;
  };
}

/** What happened, and when. */
export interface BatchEvent {
  readonly entity_id: string | null;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: string;
  readonly uuid: string;
  readonly revenue?: number | undefined;
  readonly value?: number | undefined;
  readonly tags?: Readonly<Record<string, unknown>>;
}

/**
 * Writes what happened, without whom it happened to: the JSON of a `BatchSnapshot`. Put together of texts, because an object
 * that is only made to be written takes three times as long.
 *
 * @param tags Those of a conversion that can be sent.
 */
export function writeSnapshot(event: RecordedEvent, tags: EventTags | undefined): string {
  return event.type === 'impression' ? impressionSnapshot(event) : conversionSnapshot(event, tags);
}

/** The official key of every impression. */
const IMPRESSION_KEY = 'campaign_activated';

function impressionSnapshot(event: ImpressionEvent): string {
  const { experimentId, variationId, cmabUuid } = event;
  const campaignId = toJson(event.layerId || experimentId || null);
  // Ids made up by an SDK, such as a holdout's, are no ids to the service.
  const sentId = variationId !== null && /^\d+$/.test(variationId) ? toJson(variationId) : null;
  const ids = `"campaign_id":${campaignId},"experiment_id":${toJson(experimentId ?? '')},"variation_id":${sentId}`;
  const metadata = `"flag_key":${toJson(event.flagKey)},"rule_key":${toJson(event.ruleKey)},"rule_type":${toJson(event.ruleType)},"variation_key":${toJson(event.variationKey)},"enabled":${toJson(event.enabled)}`;
  const bandit = cmabUuid === undefined ? '' : `,"cmab_uuid":${toJson(cmabUuid)}`;
  const occasion = `"entity_id":${campaignId},"timestamp":${toJson(event.timestamp)},"key":"${IMPRESSION_KEY}","uuid":${toJson(event.uuid)}`;
  return `{"decisions":[{${ids},"metadata":{${metadata}${bandit}}}],"events":[{${occasion}}]}`;
}

function conversionSnapshot(event: ConversionEvent, tags: EventTags | undefined): string {
  const { eventId, eventKey, timestamp, uuid } = event;
  const tagged = tags && { revenue: readRevenue(tags), value: readValue(tags), tags };
  return JSON.stringify({ events: [{ entity_id: eventId, timestamp, key: eventKey, uuid, ...tagged }] });
}

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
