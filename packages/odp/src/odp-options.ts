/** Options of the ODP part: defaults and the one place where they are validated. */
import { SdkError, type SegmentCache } from '@sortition/core';
import { randomUuid } from '@sortition/http';
import { type AllowedHosts, parseAllowedHosts } from './allowed-hosts.ts';
import { guardIds } from './guarded-ids.ts';

/** Options of `createOdp`. All times are in milliseconds. */
export interface OdpOptions {
  /** Users whose segments are remembered at least, in process memory; 10,000 unless given, 0 for none. */
  readonly segmentsCacheSize?: number | undefined;
  /** How long segments are remembered; 600,000 unless given, 0 for not at all. */
  readonly segmentsCacheTimeoutMs?: number | undefined;
  /** For a whole fetch of segments, connecting and reading included; 10,000 unless given. */
  readonly segmentsTimeoutMs?: number | undefined;
  /** For one request with events; 10,000 unless given. */
  readonly eventsTimeoutMs?: number | undefined;
  /** Events per request; 10 unless given. */
  readonly batchSize?: number | undefined;
  /** How long an event waits for others; 1,000 unless given, 0 for not at all. */
  readonly flushIntervalMs?: number | undefined;
  /** Takes the place of the cache in memory, whose size and timeout then mean nothing: a store that servers share. */
  readonly segmentsCache?: SegmentCache | undefined;
  /**
   * Hosts that a datafile may name besides `*.zaius.com` and `*.optimizely.com`: names, optionally with a port (any, when
   * absent), `*.example.com` for subdomains, IP addresses. Plain http only to loopback names that are listed.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Events waiting at most; the newest are dropped above it. 10,000 unless given. */
  readonly maxQueueSize?: number | undefined;
  /** Bytes of waiting events at most; the newest are dropped above it. 20 MiB unless given. */
  readonly maxQueueBytes?: number | undefined;
  /** `globalThis.fetch`, read at each request, unless given. */
  readonly fetch?: typeof fetch | undefined;
  /** Ids by which the platform recognises an event that arrives twice; version 4 UUIDs unless given. */
  readonly randomId?: (() => string) | undefined;
}

/** Options as the rest of the package reads them. */
export interface CheckedOdpOptions {
  readonly segmentsCacheSize: number;
  readonly segmentsCacheTimeoutMs: number;
  readonly segmentsTimeoutMs: number;
  readonly eventsTimeoutMs: number;
  readonly batchSize: number;
  readonly flushIntervalMs: number;
  readonly segmentsCache: SegmentCache | undefined;
  readonly allowedHosts: AllowedHosts;
  readonly maxQueueSize: number;
  readonly maxQueueBytes: number;
  readonly fetch: typeof fetch | undefined;
  readonly randomId: () => string;
}

/** Applies the defaults. Throws `SdkError` `invalid-option` on a value that has no meaning. */
export function checkOdpOptions(options: OdpOptions): CheckedOdpOptions {
  if (typeof options !== 'object') {
    throw new SdkError('invalid-option', `createOdp takes an object with options or nothing, got ${typeof options}.`);
  }
  const { segmentsCache, fetch, randomId = randomUuid } = options;
  if (fetch !== undefined && typeof fetch !== 'function') throw invalid('fetch', 'a function', fetch);
  if (typeof randomId !== 'function') throw invalid('randomId', 'a function', randomId);
  if (segmentsCache !== undefined && !isSegmentCache(segmentsCache)) {
    throw invalid('segmentsCache', 'an object with the methods lookup, save and reset', segmentsCache);
  }
  return {
    segmentsCacheSize: integer(options, 'segmentsCacheSize', 10_000, 0),
    segmentsCacheTimeoutMs: duration(options, 'segmentsCacheTimeoutMs', 600_000, 0),
    segmentsTimeoutMs: duration(options, 'segmentsTimeoutMs', 10_000, Number.MIN_VALUE),
    eventsTimeoutMs: duration(options, 'eventsTimeoutMs', 10_000, Number.MIN_VALUE),
    batchSize: integer(options, 'batchSize', 10, 1),
    flushIntervalMs: duration(options, 'flushIntervalMs', 1_000, 0),
    segmentsCache,
    allowedHosts: parseAllowedHosts(options.allowedHosts ?? []),
    maxQueueSize: integer(options, 'maxQueueSize', 10_000, 1),
    maxQueueBytes: integer(options, 'maxQueueBytes', 20 * 2 ** 20, 1),
    fetch,
    randomId: guardIds(randomId),
  };
}

type NumberOption = {
  [K in keyof OdpOptions]-?: OdpOptions[K] extends number | undefined ? K : never;
}[keyof OdpOptions];

function integer(options: OdpOptions, name: NumberOption, fallback: number, least: number): number {
  const { [name]: value = fallback } = options;
  if (!Number.isInteger(value) || value < least) throw invalid(name, `an integer from ${least}`, value);
  return value;
}

function duration(options: OdpOptions, name: NumberOption, fallback: number, least: number): number {
  const { [name]: value = fallback } = options;
  const from = least === 0 ? 'from 0' : 'above 0';
  if (!(Number.isFinite(value) && value >= least)) throw invalid(name, `a number of milliseconds ${from}`, value);
  return value;
}

function isSegmentCache(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['lookup', 'save', 'reset'].every((name) => typeof Reflect.get(value, name) === 'function')
  );
}

function invalid(name: string, expected: string, value: unknown): SdkError {
  return new SdkError('invalid-option', `"${name}" of createOdp must be ${expected}, got ${String(value)}.`);
}
