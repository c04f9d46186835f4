/** Events in the documented shape, as short as a test wants to write them. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';

/** An event of a test. */
export interface WireEvent {
  readonly kind: 'impression' | 'conversion';
  readonly visitorId: string;
  readonly timestamp: number;
  readonly snapshot: object;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

export function impression(event: {
  /** `''`: no rule served the flag. */
  readonly ruleId: string;
  readonly variationId: string;
  readonly visitorId: string;
  readonly timestamp?: number;
  readonly uuid?: string;
}): WireEvent {
  const { ruleId, variationId, visitorId, timestamp = Date.now(), uuid = randomUUID() } = event;
  const [ruleKey, variationKey] = ruleId === '' ? ['', ''] : ['r', 'v'];
  const metadata = {
    flag_key: 'f',
    rule_key: ruleKey,
    rule_type: 'feature-test',
    variation_key: variationKey,
    enabled: true,
  };
  const decisions = [{ campaign_id: 'l', experiment_id: ruleId, variation_id: variationId, metadata }];
  const events = [{ entity_id: 'l', timestamp, key: 'campaign_activated', uuid }];
  return { kind: 'impression', visitorId, timestamp, snapshot: { decisions, events } };
}

export function conversion(event: {
  readonly visitorId: string;
  readonly timestamp?: number;
  readonly eventKey?: string;
  readonly revenue?: number;
  readonly uuid?: string;
}): WireEvent {
  const { visitorId, timestamp = Date.now(), eventKey = 'purchase', revenue, uuid = randomUUID() } = event;
  const events = [{ entity_id: 'e', timestamp, key: eventKey, uuid, ...(revenue !== undefined && { revenue }) }];
  return { kind: 'conversion', visitorId, timestamp, snapshot: { events } };
}

/** A body of `POST /v1/events`. */
export function toBatch(revision: string, events: readonly WireEvent[]): string {
  return JSON.stringify({
    client_name: 'test',
    client_version: '1',
    account_id: '1',
    project_id: '2',
    revision,
    anonymize_ip: true,
    enrich_decisions: true,
    visitors: events.map(({ visitorId, snapshot, attributes = {} }) => ({
      visitor_id: visitorId,
      attributes: Object.entries(attributes).map(([key, value]) => ({ entity_id: key, key, type: 'custom', value })),
      snapshots: [snapshot],
    })),
  });
}

/** Sends a batch to the lab and expects it to be kept. */
export async function sendEvents(url: string, revision: string, events: readonly WireEvent[]): Promise<void> {
  const body = toBatch(revision, events);
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(response.status).toBe(204);
}
