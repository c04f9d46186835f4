/** What a client records for delivery: impressions, conversions, and events for the customer-data platform. */
import type { DecisionSource } from './decision-outcome.ts';
import type { ProjectConfig } from './project-config.ts';
import type { Attributes } from './user.ts';

/** Tags of a conversion; `revenue` (integer, cents) and `value` (number) have a meaning of their own. */
export type EventTags = Readonly<Record<string, unknown>>;

interface RecordedEvent {
  /**
   * Made once, before the event reaches a sink: attempts, stores and forwarding sinks all carry the same one, so that a
   * collector can recognise an event that arrives twice.
   */
  readonly uuid: string;
  /** Milliseconds since the epoch, when it happened. */
  readonly timestamp: number;
  readonly config: ProjectConfig;
  readonly userId: string;
  readonly attributes: Readonly<Attributes>;
  readonly clientName: string;
  readonly clientVersion: string;
}

/** Says that a user was served a decision. */
export interface ImpressionEvent extends RecordedEvent {
  readonly type: 'impression';
  readonly flagKey: string;
  /** `''` when no rule decided. */
  readonly ruleKey: string;
  readonly ruleType: DecisionSource;
  /** `''` when it is missing. */
  readonly variationKey: string;
  readonly enabled: boolean;
  /** `null` when no rule decided. */
  readonly experimentId: string | null;
  readonly variationId: string | null;
  /** `null`: no rule decided; `''`: a holdout. */
  readonly layerId: string | null;
  readonly cmabUuid: string | undefined;
}

/** Says that a user did something that is tracked. */
export interface ConversionEvent extends RecordedEvent {
  readonly type: 'conversion';
  readonly eventKey: string;
  readonly eventId: string;
  /** A shallow copy of the caller's tags, without empty ones. */
  readonly tags: EventTags | undefined;
}

/** A batch as it is sent. */
export interface LogEvent {
  readonly url: string;
  readonly httpVerb: 'POST';
  /** The batch payload. */
  readonly params: object;
}

/** Counts of the events that were recorded since a part was created. */
export interface DeliveryReport {
  readonly delivered: number;
  readonly dropped: number;
  readonly pending: number;
}

/**
 * A sink's counters since it was created, in events; `produced + recovered` is `delivered + dropped + pending` at any
 * moment.
 */
export interface EventSinkReport extends DeliveryReport {
  readonly produced: number;
  /** Requests that failed and were or will be repeated. */
  readonly retries: number;
  /** Events an earlier process had left in the store. */
  readonly recovered?: number;
  /** Values left out of events because they were too large or not JSON. */
  readonly trimmed?: number;
}

/** A value an ODP event may carry. */
export type OdpValue = string | number | boolean | null;

/** Something a user did, for the customer-data platform. */
export interface OdpEvent {
  /** Must not be empty. */
  readonly action: string;
  /** `'fullstack'` by default. */
  readonly type?: string | undefined;
  /** Identifier name to value, such as `fs_user_id`, `vuid` or `email`; at least one. */
  readonly identifiers: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, OdpValue>>;
}
