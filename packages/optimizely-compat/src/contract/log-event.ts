/** Requests with impressions and conversions, and what sends them. */
import type { EventTags } from './user.ts';

/** An attribute on the wire. */
interface VisitorAttribute {
  entity_id: string;
  key: string;
  type: 'custom';
  value: string | number | boolean;
}

/** A decision on the wire. */
interface SnapshotDecision {
  campaign_id: string | null;
  experiment_id: string | null;
  variation_id: string | null;
  metadata: {
    flag_key: string;
    rule_key: string;
    rule_type: string;
    variation_key: string;
    enabled: boolean;
    cmab_uuid?: string;
  };
}

/** An event on the wire. */
interface SnapshotEvent {
  entity_id: string | null;
  timestamp: number;
  uuid: string;
  key: string;
  revenue?: number;
  value?: number;
  tags?: EventTags;
}

/** The payload of a request. */
export type EventBatch = {
  account_id: string;
  project_id: string;
  revision: string;
  client_name: string;
  client_version: string;
  anonymize_ip: boolean;
  enrich_decisions: boolean;
  visitors: {
    snapshots: { decisions?: SnapshotDecision[]; events: SnapshotEvent[] }[];
    visitor_id: string;
    attributes: VisitorAttribute[];
  }[];
};

/** A request with events. */
export interface LogEvent {
  url: string;
  httpVerb: 'POST' | 'PUT' | 'GET' | 'PATCH';
  params: EventBatch;
}

/** What a dispatcher resolves; a status from 200 to 399, or none, is a success. */
export type EventDispatcherResponse = { statusCode?: number };

/** Sends requests with events. */
export interface EventDispatcher {
  dispatchEvent(event: LogEvent): Promise<EventDispatcherResponse>;
}
