/**
 * Batch payloads: impressions and conversions in the documented wire format, field for field what the official JavaScript
 * SDK sends.
 *
 * A request has the common fields of its events once, and one visitor with one snapshot per event.
 */
import type { BatchEnvelope } from './batch-context.ts';
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

/** The decision of an impression: rule and variation of a flag. */
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
