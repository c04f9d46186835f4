/**
 * Ports: the interfaces that a client needs from adapters. An adapter is any object of one of these shapes, without a
 * base class. Without an adapter the feature is off.
 */
import type { SegmentOption } from './decide-option.ts';
import type {
  ConversionEvent,
  DeliveryReport,
  EventSinkReport,
  ImpressionEvent,
  LogEvent,
  OdpEvent,
} from './events.ts';
import type { OdpSettings, ProjectConfig } from './project-config.ts';
import type { AttributeValue } from './user.ts';

/** Receives the log of a client. Called as methods, with structured fields first; a pino logger works unchanged. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The part of a client a problem comes from. */
export type ProblemPart = 'config' | 'datafile' | 'profiles' | 'odp' | 'events' | 'cmab' | 'listener' | 'client';

/** Something that went wrong without stopping the client. */
export interface Problem {
  /** Stable word to branch on, such as `dangling-reference` or `no-event-sink`. */
  readonly code: string;
  readonly part: ProblemPart;
  /** What was wrong and what was done instead; without secrets and user data. */
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * What a config source reports to its listeners: a new config with the problems found in it, or a failure to get one.
 */
export type ConfigChange =
  | {
      readonly type: 'config';
      readonly config: ProjectConfig;
      readonly problems: readonly Problem[];
      /** The datafile as it was received, if the source has it. */
      readonly text?: string;
    }
  | { readonly type: 'problem'; readonly problem: Problem };

/** A client that waits for the problems of a config. */
export interface ProblemWatch {
  /**
   * Looks for problems, a few milliseconds at a time; resolves after they were reported. A second call joins the first.
   */
  search(): Promise<void>;
  /** Stops reporting problems. */
  leave(): void;
}

/** Delivers project configs. May be shared by several clients; stops when the last one leaves. */
export interface ConfigSource {
  /** The last accepted config, or `null` before the first. */
  current(): ProjectConfig | null;
  /** Problems found in the current config. */
  problems?(): readonly Problem[];
  /**
   * For a source that reads entities of its config when they are needed. `tell` is called once with the result of
   * `problems`, as soon as that is known. A client calls `watchProblems` instead of `problems` for the config it starts
   * with. After its first decision it starts the search, if it has a logger or a listener for problems; when it is
   * closed, it calls `leave`.
   */
  watchProblems?(tell: (problems: readonly Problem[]) => void): ProblemWatch;
  /** Starts delivery if it is not running; returns a function that unsubscribes. */
  subscribe(listener: (change: ConfigChange) => void): () => void;
  /** Fetches a newer config now; resolves to whether one was accepted. */
  refresh?(options?: { signal?: AbortSignal | undefined; timeoutMs?: number | undefined }): Promise<boolean>;
  /** Called before each decision, and when a caller waits for a config, so that a source without timers can refresh when due. */
  used?(waitUntil?: (work: Promise<unknown>) => void, purpose?: 'decision' | 'ready'): void;
  /** For how long getting a newer config has failed, in milliseconds; 0 when the last attempt worked. */
  failingMs?(): number;
  close?(): void | Promise<void>;
}

/** A user's stored assignments, in the documented wire format. */
export interface UserProfile {
  user_id: string;
  /** Experiment id to the id of the variation that was assigned. */
  experiment_bucket_map: { [experimentId: string]: { variation_id: string } };
}

/** Stored variation id by experiment id after a write. The first writer wins. */
export interface Winners {
  readonly [experimentId: string]: string;
}

/** New assignments: experiment id to the variation, and the stale variation id it replaces, if any. */
export interface NewAssignments {
  [experimentId: string]: { variationId: string; replaces?: string };
}

/** Keeps the variation users saw. The documented two-method service is accepted as it is. */
export interface UserProfileStore {
  /** `true`: never returns a promise; `false`: always does; absent: the client finds out at the first lookup. */
  readonly sync?: boolean | undefined;
  /** Absent for a store that only tracks. */
  lookup?(userId: string): UserProfile | null | undefined | Promise<UserProfile | null | undefined>;
  /** Receives the whole merged profile, at most once per call that made assignments. */
  save?(profile: UserProfile): void | Promise<void>;
  /**
   * Atomic, per assignment: stores an assignment where none is stored (or where the stored one still equals `replaces`)
   * and returns what is stored afterwards.
   */
  assign?(userId: string, assignments: NewAssignments): Winners | Promise<Winners>;
  /**
   * Erases everything that is stored about a user. Rejects, or throws, when that could not be done. A user context that has
   * loaded the profile before keeps what it loaded.
   */
  remove?(userId: string): void | Promise<void>;
  /** Waits for writes under way, for at most `timeoutMs`. */
  flush?(options?: { timeoutMs?: number | undefined }): Promise<void>;
  /** Stops what the store started itself; never a connection that the application opened. */
  close?(): void | Promise<void>;
  /** Called by each client that gets the store. The host receives problems that occur outside of any call. */
  attach?(host: ProfileStoreHost): void;
}

/** What a client offers its profile store. */
export interface ProfileStoreHost {
  problem(problem: Problem): void;
}

/** Accepts impressions and conversions; must not throw or block. */
export interface EventSink {
  record(event: ImpressionEvent | ConversionEvent): void;
  /**
   * Makes the `uuid` of events; a random UUID when absent. A sink that wraps other sinks passes their `randomId` on.
   */
  randomId?(): string;
  flush?(options?: { timeoutMs?: number | undefined }): Promise<DeliveryReport>;
  close?(options?: { timeoutMs?: number | undefined }): Promise<DeliveryReport>;
  /** Counters for `stats()`. */
  stats?(): EventSinkReport;
  /** The request that this event alone would make, for listeners of `track`; sends nothing. */
  toLogEvent?(event: ImpressionEvent | ConversionEvent): LogEvent;
  /** Called once by the client. The host receives problems, dispatched batches and background work. */
  attach?(host: EventSinkHost): void;
}

/** What a client offers its event sink. */
export interface EventSinkHost {
  problem(problem: Problem): void;
  logEvent(event: LogEvent): void;
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  readonly logger?: Logger | undefined;
}

/** Caches the segments of users; servers may share a cache. Keys are opaque and may be any text. */
export interface SegmentCache {
  /** The segments saved under the key; `null` or `undefined` when there are none or they have expired. */
  lookup(key: string): readonly string[] | null | undefined | Promise<readonly string[] | null | undefined>;
  save(key: string, segments: readonly string[]): void | Promise<void>;
  /** Removes everything that was saved through this cache, and nothing else. */
  reset(): void | Promise<void>;
}

/** Counters of an ODP part since it was created. */
export interface OdpReport {
  /** ODP events. */
  readonly events: EventSinkReport;
  /** Requests for segments that were sent. */
  readonly segmentRequests: number;
  /** Fetches that the segment cache answered. */
  readonly segmentCacheHits: number;
  /** Requests for segments that failed. */
  readonly segmentFailures: number;
}

/** The user whose segments are fetched, and the options. */
export interface SegmentRequest {
  readonly userId: string;
  readonly options: readonly SegmentOption[];
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Real-time segments and events of a customer-data platform. */
export interface Odp {
  /** Resolves to the segments of the user; rejects with an `SdkError` when they could not be fetched. */
  fetchSegments(request: SegmentRequest): Promise<readonly string[]>;
  /** Queues an event; throws an `SdkError` with the code `invalid-option` for an event that cannot be sent. */
  sendEvent(event: OdpEvent): void;
  /** Called with the datafile's settings for every config; `null` switches the platform off. */
  configure(settings: OdpSettings | null): void;
  flush?(options?: { timeoutMs?: number | undefined }): Promise<DeliveryReport>;
  close?(options?: { timeoutMs?: number | undefined }): Promise<DeliveryReport>;
  /** Called once by the client. The host receives problems and background work. */
  attach?(host: OdpHost): void;
  /** Counters for `stats()`. */
  stats?(): OdpReport;
}

/** What a client offers its ODP part. */
export interface OdpHost {
  problem(problem: Problem): void;
  readonly clientName: string;
  readonly clientVersion: string;
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  readonly logger?: Logger | undefined;
}

/** The input of a bandit's prediction. */
export interface CmabRequest {
  readonly userId: string;
  readonly ruleId: string;
  /** Attribute id to value: only the attributes that the rule may see. */
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  readonly cache: 'use' | 'ignore' | 'reset' | 'invalidate-user';
  readonly signal?: AbortSignal | undefined;
}

/** The service's answer for one rule, or `null` when it could not be had. */
export type CmabPrediction = { readonly variationId: string; readonly cmabUuid: string } | null;

/** Predicts variations for contextual bandits; asynchronous decisions only. */
export interface CmabSource {
  /** Rejects with an `SdkError` when there is no prediction. */
  predict(request: CmabRequest): Promise<NonNullable<CmabPrediction>>;
  /** Called once by the client. The host receives problems. */
  attach?(host: { problem(problem: Problem): void }): void;
  close?(): void | Promise<void>;
}

/** Knows the visitor id of this browser. */
export interface VuidSource {
  /** Loads or creates the id; resolves to `null` when there is none. Called once by the client. */
  load(): Promise<string | null>;
  /** The id, once it is known. */
  current(): string | null;
  /**
   * Reports to ODP who the visitor is. A client with ODP calls it for every user context it creates, and with `null`
   * for each new config and when the id was loaded.
   *
   * @param send Queues an event of this client; the same function at every call.
   */
  announce?(send: (event: OdpEvent) => void, userId: string | null): void;
}

/** Key-value storage of texts, sync or async: localStorage and AsyncStorage can be used directly. */
export interface KeyValueStorage {
  getItem(key: string): string | null | undefined | Promise<string | null | undefined>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}
