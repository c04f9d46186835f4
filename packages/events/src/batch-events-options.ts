/** Options of the batching sink. */
import { SdkError } from '@sortition/core';
import { parseEndpoint } from '@sortition/http';
import { DEFAULT_LIMITS } from './build-event-batch.ts';
import type { DropReason } from './delivery.ts';
import type { EventStore } from './event-store.ts';

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

/** Options after defaults. */
export interface BatchEventsSettings extends BatchEventsOptions {
  readonly batchSize: number;
  readonly flushIntervalMs: number;
  readonly maxQueueSize: number;
  readonly maxQueueBytes: number;
  readonly maxValueBytes: number;
  readonly maxEventBytes: number;
  readonly requestTimeoutMs: number;
}

const MAX_DELAY_MS = 2 ** 31 - 1;

/** Checks the options. @throws SdkError `invalid-option` */
export function checkOptions(options: BatchEventsOptions): BatchEventsSettings {
  const { endpoint, store, onDrop, fetch, randomId } = options;
  checkFunction('onDrop', onDrop);
  checkFunction('fetch', fetch);
  checkFunction('randomId', randomId);
  if (store !== undefined && !['add', 'remove', 'takeLeft'].every((name) => name in Object(store))) {
    throw invalid('store', 'an event store such as createFileEventStore({ directory })', store);
  }
  return {
    ...options,
    endpoint: endpoint === undefined ? undefined : parseEndpoint(endpoint, 'endpoint').href,
    batchSize: readCount('batchSize', options.batchSize, 10),
    flushIntervalMs: readCount('flushIntervalMs', options.flushIntervalMs, isNode() ? 30_000 : 1_000, MAX_DELAY_MS),
    maxQueueSize: readCount('maxQueueSize', options.maxQueueSize, 10_000),
    maxQueueBytes: readCount('maxQueueBytes', options.maxQueueBytes, 20 * 2 ** 20),
    maxValueBytes: readCount('maxValueBytes', options.maxValueBytes, DEFAULT_LIMITS.maxValueBytes),
    maxEventBytes: readCount('maxEventBytes', options.maxEventBytes, DEFAULT_LIMITS.maxEventBytes),
    requestTimeoutMs: readCount('requestTimeoutMs', options.requestTimeoutMs, 10_000, MAX_DELAY_MS),
  };
}

function readCount(
  name: string,
  value: number | undefined,
  otherwise: number,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw invalid(name, `an integer from 1 to ${max}`, value);
}

function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw invalid(name, 'a function', value);
}

function invalid(name: string, expected: string, got: unknown): SdkError {
  const shown = typeof got === 'number' ? String(got) : got === null ? 'null' : typeof got;
  return new SdkError('invalid-option', `The option "${name}" of createBatchEvents must be ${expected}, got ${shown}.`);
}

function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}
