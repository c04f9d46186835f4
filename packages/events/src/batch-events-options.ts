/** Options of the batching sink. */
import {
  checkOptionsObject,
  listUnknownOptions,
  readFunction,
  readInteger,
  readMethods,
  readOption,
  readString,
} from '@sortition/core/internal';
import { MAX_DELAY_MS, parseEndpoint, parseInsecureHosts } from '@sortition/http';
import type { EventLimits } from './fit-event.ts';
import { defaultFlushIntervalMs } from './flush-interval.ts';
import type { EventKeeper } from './kept-events.ts';

/** Why events were dropped. */
export type DropReason = 'queue-full' | 'too-large' | 'refused' | 'closed';

/** Options of `createBatchEvents`; all are optional. */
export interface BatchEventsOptions {
  /**
   * A request is sent when this many events wait; 10 by default. It takes up to a hundred times as many when more wait.
   */
  readonly batchSize?: number | undefined;
  /** Longest time an event waits for its batch to fill, in milliseconds; 30,000 on Node and 1,000 elsewhere. */
  readonly flushIntervalMs?: number | undefined;
  /** URL of the collector; by default that of the datafile's region. */
  readonly endpoint?: string | undefined;
  /**
   * Hosts that may be reached without TLS, such as `collector:8080` or `*.svc.cluster.local`; this machine always may.
   */
  readonly insecureHosts?: readonly string[] | undefined;
  /** Limit of events in memory; 10,000 by default. More events wait in the `store`; without one they are dropped. */
  readonly maxQueueSize?: number | undefined;
  /** Approximate limit of the bytes of events in memory; 20 MiB by default. */
  readonly maxQueueBytes?: number | undefined;
  /** Limit of one attribute or tag on the wire; larger ones are left out. 64 KiB by default. */
  readonly maxValueBytes?: number | undefined;
  /** Limit of one event on the wire; its largest values are left out until it fits. 256 KiB by default. */
  readonly maxEventBytes?: number | undefined;
  /** Total for one request, in milliseconds; 10,000 by default. */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * Keeps events until they are delivered, across crashes and closed pages; pass your own as `keepEvents(store)`.
   * Closed with the sink.
   */
  readonly store?: EventKeeper | undefined;
  /** Called for each event that is dropped. */
  readonly onDrop?: ((dropped: { readonly uuid: string; readonly reason: DropReason }) => void) | undefined;
  /** By default our own transport in Node, and elsewhere `globalThis.fetch`, read at each request. */
  readonly fetch?: typeof fetch | undefined;
  /** Makes the ids by which the collector recognises an event that arrives twice; a random UUID by default. */
  readonly randomId?: (() => string) | undefined;
}

/** Options that are integers from 1. */
type CountOption =
  | 'batchSize'
  | 'flushIntervalMs'
  | 'maxQueueSize'
  | 'maxQueueBytes'
  | 'maxValueBytes'
  | 'maxEventBytes'
  | 'requestTimeoutMs';

/** Checked options with defaults. */
export interface BatchEventsSettings
  extends Omit<BatchEventsOptions, CountOption>,
    Readonly<Record<CountOption, number>> {
  /** A sentence about unknown options. */
  readonly unknown: string | undefined;
}

/** Default limits of an event, in bytes. */
export const DEFAULT_LIMITS: EventLimits = { maxValueBytes: 65_536, maxEventBytes: 262_144 };

const OWNER = 'createBatchEvents';

/** Checks the options. @throws SdkError `invalid-option` */
export function checkOptions(options: BatchEventsOptions): BatchEventsSettings {
  checkOptionsObject(OWNER, options);
  const count = (name: CountOption, otherwise: number, max?: number) =>
    readInteger(OWNER, options, name, otherwise, { min: 1, max });
  const insecureHosts = readOption(OWNER, options, 'insecureHosts');
  const endpoint = readString(OWNER, options, 'endpoint', undefined);
  if (endpoint !== undefined) parseEndpoint(endpoint, 'endpoint', insecureHosts);
  else parseInsecureHosts(insecureHosts);
  const settings = {
    batchSize: count('batchSize', 10),
    flushIntervalMs: count('flushIntervalMs', defaultFlushIntervalMs(), MAX_DELAY_MS),
    maxQueueSize: count('maxQueueSize', 10_000),
    maxQueueBytes: count('maxQueueBytes', 20 * 2 ** 20),
    maxValueBytes: count('maxValueBytes', DEFAULT_LIMITS.maxValueBytes),
    maxEventBytes: count('maxEventBytes', DEFAULT_LIMITS.maxEventBytes),
    requestTimeoutMs: count('requestTimeoutMs', 10_000, MAX_DELAY_MS),
    endpoint,
    insecureHosts,
    store: readMethods(
      OWNER,
      options,
      'store',
      STORE_METHODS,
      'an event store such as createFileEventStore({ directory }), or keepEvents(store)',
    ),
    onDrop: readFunction(OWNER, options, 'onDrop'),
    fetch: readFunction(OWNER, options, 'fetch'),
    randomId: readFunction(OWNER, options, 'randomId'),
  };
  return {
    ...settings,
    unknown: listUnknownOptions(OWNER, options, Object.keys(settings), { eventDispatcher: 'fetch' }),
  };
}

const STORE_METHODS = ['keepFor'];
