/**
 * Batch payloads: impressions and conversions in the documented wire format, field for field what the official JavaScript
 * SDK sends.
 *
 * Pure. A request says once what its events have in common and has one visitor with one snapshot per event.
 */
import type { ConversionEvent, ImpressionEvent } from '@sortition/core';
import type { BatchEnvelope, RecordedEvent } from './batch-context.ts';
import { readRevenue, readValue } from './conversion-numbers.ts';
import { writeJson } from './event-text.ts';
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

/** Writes what happened, without whom it happened to, as the JSON of a `BatchSnapshot`. */
export function writeSnapshot(event: RecordedEvent): string {
  return event.type === 'impression' ? writeImpression(event) : JSON.stringify(conversionSnapshot(event));
}

/** The official key of every impression. */
const IMPRESSION_KEY = 'campaign_activated';

/** As text, in half the time of `JSON.stringify`: a server sends one for nearly each decision. */
function writeImpression(event: ImpressionEvent): string {
  const { experimentId, variationId, cmabUuid } = event;
  const campaignId = writeJson(event.layerId || experimentId || null);
  // Ids made up by an SDK, such as a holdout's, are no ids to the service.
  const sentId = variationId !== null && /^\d+$/.test(variationId) ? variationId : null;
  const cmab = cmabUuid === undefined ? '' : `,"cmab_uuid":${writeJson(cmabUuid)}`;
  const metadata = `{"flag_key":${writeJson(event.flagKey)},"rule_key":${writeJson(event.ruleKey)},"rule_type":${writeJson(event.ruleType)},"variation_key":${writeJson(event.variationKey)},"enabled":${writeJson(event.enabled)}${cmab}}`;
  const decision = `{"campaign_id":${campaignId},"experiment_id":${writeJson(experimentId ?? '')},"variation_id":${writeJson(sentId)},"metadata":${metadata}}`;
  const served = `{"entity_id":${campaignId},"timestamp":${writeJson(event.timestamp)},"key":"${IMPRESSION_KEY}","uuid":${writeJson(event.uuid)}}`;
  return `{"decisions":[${decision}],"events":[${served}]}`;
}

function conversionSnapshot({ eventId, eventKey, timestamp, uuid, tags }: ConversionEvent): BatchSnapshot {
  const tagged = tags && { revenue: readRevenue(tags), value: readValue(tags), tags };
  return { events: [{ entity_id: eventId, timestamp, key: eventKey, uuid, ...tagged }] };
}
