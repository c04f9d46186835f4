/** Options of the batching sink. */
import { MAX_DELAY_MS, parseEndpoint } from '@sortition/http';
import { hasMethods, isFunction, readOptions } from './check-options.ts';
import type { EventStore } from './event-store.ts';
import type { EventLimits } from './fit-event.ts';

/** Why events were given up. */
export type DropReason = 'queue-full' | 'too-large' | 'refused' | 'closed';

/** Options of `createBatchEvents`; all of them may be left out. */
export interface BatchEventsOptions {
  /** Events per request; 10 unless given. After an outage what piled up is sent in requests of up to ten times as many. */
  readonly batchSize?: number | undefined;
  /** Longest time an event waits for its batch to fill, in milliseconds; 30,000 on Node and 1,000 elsewhere. */
  readonly flushIntervalMs?: number | undefined;
  /** URL of the collector; by the datafile's region unless given. */
  readonly endpoint?: string | undefined;
  /** Events in memory; 10,000 unless given. When it is full the newest event is dropped. */
  readonly maxQueueSize?: number | undefined;
  /** About how many bytes of events in memory; 20 MiB unless given. */
  readonly maxQueueBytes?: number | undefined;
  /** Of one attribute or tag on the wire; larger ones are left out. 64 KiB unless given. */
  readonly maxValueBytes?: number | undefined;
  /** Of one event on the wire; its largest values are left out until it fits. 256 KiB unless given. */
  readonly maxEventBytes?: number | undefined;
  /** Total for one request, in milliseconds; 10,000 unless given. */
  readonly requestTimeoutMs?: number | undefined;
  /** Keeps events until they are delivered, across crashes and closed pages. Closed with the sink. */
  readonly store?: EventStore | undefined;
  /** Told of each event that is given up. */
  readonly onDrop?: ((dropped: { readonly uuid: string; readonly reason: DropReason }) => void) | undefined;
  /** `globalThis.fetch`, read at each request, unless given. */
  readonly fetch?: typeof fetch | undefined;
  /** Makes the ids by which the collector recognises an event that arrives twice; a random UUID unless given. */
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

/** Options after defaults. */
export type BatchEventsSettings = BatchEventsOptions & Readonly<Record<CountOption, number>>;

/** Of an event, in bytes. */
export const DEFAULT_LIMITS: EventLimits = { maxValueBytes: 65_536, maxEventBytes: 262_144 };

/** Checks the options. @throws SdkError `invalid-option` */
export function checkOptions(options: BatchEventsOptions): BatchEventsSettings {
  const { check, count } = readOptions('createBatchEvents', options);
  const counts: Record<CountOption, number> = {
    ...DEFAULT_LIMITS,
    batchSize: 10,
    flushIntervalMs: isNode() ? 30_000 : 1_000,
    maxQueueSize: 10_000,
    maxQueueBytes: 20 * 2 ** 20,
    requestTimeoutMs: 10_000,
  };
  for (const name of Object.keys(counts) as CountOption[]) {
    counts[name] = count(name, counts[name], name.endsWith('Ms') ? MAX_DELAY_MS : undefined);
  }
  for (const name of ['onDrop', 'fetch', 'randomId']) check(name, 'a function', isFunction);
  const isStore = (value: unknown) => hasMethods(value, ['add', 'remove', 'takeLeft']);
  check('store', 'an event store such as createFileEventStore({ directory })', isStore);
  const { endpoint } = options;
  return {
    ...options,
    ...counts,
    endpoint: endpoint === undefined ? endpoint : parseEndpoint(endpoint, 'endpoint').href,
  };
}

function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}
