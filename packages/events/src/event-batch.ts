/**
 * Batch payloads: impressions and conversions in the documented wire format, field for field what the official JavaScript
 * SDK sends.
 *
 * Pure. A request says once what its events have in common and has one visitor with one snapshot per event.
 */
import type { ConversionEvent, ImpressionEvent } from '@sortition/core';
import type { BatchContext, RecordedEvent } from './batch-context.ts';
import { readRevenue, readValue } from './conversion-numbers.ts';
import { buildVisitorAttributes, type VisitorAttribute } from './visitor-attributes.ts';

/** The body of a request. */
export interface EventBatch {
  readonly client_name: string;
  readonly client_version: string;
  readonly account_id: string;
  readonly project_id: string;
  readonly revision: string;
  readonly anonymize_ip: boolean;
  readonly enrich_decisions: true;
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
    readonly cmab_uuid?: string;
  };
}

export interface BatchEvent {
  readonly entity_id: string | null;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: string;
  readonly uuid: string;
  readonly revenue?: number;
  readonly value?: number;
  readonly tags?: Readonly<Record<string, unknown>>;
}

/** Puts visitors into the envelope of a context. */
export function wrapVisitors(context: BatchContext, visitors: readonly BatchVisitor[]): EventBatch {
  return {
    client_name: context.clientName,
    client_version: context.clientVersion,
    account_id: context.accountId,
    project_id: context.projectId,
    revision: context.revision,
    anonymize_ip: context.anonymizeIp,
    enrich_decisions: true,
    visitors,
  };
}

/** Creates a builder that reuses the attributes of the event before when they are the same object, as `decideAll` makes them. */
export function createVisitorBuilder(): (event: RecordedEvent) => BatchVisitor {
  let before: RecordedEvent | undefined;
  let attributes: readonly VisitorAttribute[] = [];
  return (event) => {
    if (before?.attributes !== event.attributes || before.config !== event.config) {
      attributes = buildVisitorAttributes(event.attributes, event.config);
    }
    before = event;
    const snapshot = event.type === 'impression' ? impressionSnapshot(event) : conversionSnapshot(event);
    return { snapshots: [snapshot], visitor_id: event.userId, attributes };
  };
}

/** The official key of every impression. */
const IMPRESSION_KEY = 'campaign_activated';

function impressionSnapshot(event: ImpressionEvent): BatchSnapshot {
  const { experimentId, variationId, cmabUuid } = event;
  const campaignId = event.layerId || experimentId || null;
  return {
    decisions: [
      {
        campaign_id: campaignId,
        experiment_id: experimentId ?? '',
        // Ids made up by an SDK, such as a holdout's, are no ids to the service.
        variation_id: variationId !== null && /^\d+$/.test(variationId) ? variationId : null,
        metadata: {
          flag_key: event.flagKey,
          rule_key: event.ruleKey,
          rule_type: event.ruleType,
          variation_key: event.variationKey,
          enabled: event.enabled,
          ...(cmabUuid !== undefined && { cmab_uuid: cmabUuid }),
        },
      },
    ],
    events: [{ entity_id: campaignId, timestamp: event.timestamp, key: IMPRESSION_KEY, uuid: event.uuid }],
  };
}

function conversionSnapshot({ eventId, eventKey, timestamp, uuid, tags }: ConversionEvent): BatchSnapshot {
  const revenue = tags && readRevenue(tags);
  const value = tags && readValue(tags);
  return {
    events: [
      {
        entity_id: eventId,
        timestamp,
        key: eventKey,
        uuid,
        ...(revenue !== undefined && { revenue }),
        ...(value !== undefined && { value }),
        ...(tags && { tags }),
      },
    ],
  };
}
