/** Options of the ODP part: defaults and the one place where they are validated. */
import type { SegmentCache } from '@sortition/core';
import {
  checkOptionsObject,
  listUnknownOptions,
  readFunction,
  readInteger,
  readMethods,
  readNumber,
  readOption,
} from '@sortition/core/internal';
import { randomUuid } from '@sortition/http';
import { type AllowedHosts, parseAllowedHosts } from './allowed-hosts.ts';
import { guardIds } from './guarded-ids.ts';

/** Options of `createOdp`. All times are in milliseconds. */
export interface OdpOptions {
  /** Users whose segments are remembered at least, in process memory; 10,000 unless given, 0 for none. */
  readonly segmentsCacheSize?: number | undefined;
  /** How long segments are remembered; 600,000 unless given, 0 for not at all. */
  readonly segmentsCacheTimeoutMs?: number | undefined;
  /**
   * How long a user whose fetch failed is not asked for again, unless the cache is to be ignored; 5,000 unless given, 0 for
   * not at all. Always 0 when the cache is off.
   */
  readonly segmentsFailureMemoryMs?: number | undefined;
  /** For a whole fetch of segments, connecting and reading included; 10,000 unless given. */
  readonly segmentsTimeoutMs?: number | undefined;
  /** For one request with events; 10,000 unless given. */
  readonly eventsTimeoutMs?: number | undefined;
  /** Events that are sent at once; 10 unless given. A request takes more, up to a hundred times as many, when more wait. */
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
  /** Which of the allowed hosts may be asked without TLS, such as `odp:8080`; this machine always may. */
  readonly insecureHosts?: readonly string[] | undefined;
  /** Events waiting at most; the newest are dropped above it. 10,000 unless given. */
  readonly maxQueueSize?: number | undefined;
  /** Bytes of waiting events at most; the newest are dropped above it. 20 MiB unless given. */
  readonly maxQueueBytes?: number | undefined;
  /** In Node a transport of its own, elsewhere `globalThis.fetch`, read at each request, unless given. */
  readonly fetch?: typeof fetch | undefined;
  /** Ids by which the platform recognises an event that arrives twice; version 4 UUIDs unless given. */
  readonly randomId?: (() => string) | undefined;
}

/** Options as the rest of the package reads them. */
export interface CheckedOdpOptions {
  readonly segmentsCacheSize: number;
  readonly segmentsCacheTimeoutMs: number;
  readonly segmentsFailureMemoryMs: number;
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
  /** A sentence about options that do not exist. */
  readonly unknown: string | undefined;
}

const OWNER = 'createOdp';

/** Names in the official SDK that do not resemble ours. */
const OFFICIAL = { segmentsApiTimeout: 'segmentsTimeoutMs', eventApiTimeout: 'eventsTimeoutMs' };

/** Applies the defaults. Throws `SdkError` `invalid-option` on a value that has no meaning. */
export function checkOdpOptions(options: OdpOptions): CheckedOdpOptions {
  checkOptionsObject(OWNER, options);
  const count = (name: NumberOption, otherwise: number, min: number) =>
    readInteger(OWNER, options, name, otherwise, { min });
  const duration = (name: NumberOption, otherwise: number, min: number) =>
    readNumber(OWNER, options, name, otherwise, { min });
  const segmentsCacheSize = count('segmentsCacheSize', 10_000, 0);
  const segmentsCacheTimeoutMs = duration('segmentsCacheTimeoutMs', 600_000, 0);
  const segmentsCache = readMethods(OWNER, options, 'segmentsCache', CACHE_METHODS, CACHE_EXPECTED);
  const isCacheOff = segmentsCache === undefined && (segmentsCacheSize === 0 || segmentsCacheTimeoutMs === 0);
  const memoryMs = duration('segmentsFailureMemoryMs', 5_000, 0);
  const known = {
    segmentsCacheSize,
    segmentsCacheTimeoutMs,
    segmentsFailureMemoryMs: isCacheOff ? 0 : memoryMs,
    segmentsTimeoutMs: duration('segmentsTimeoutMs', 10_000, Number.MIN_VALUE),
    eventsTimeoutMs: duration('eventsTimeoutMs', 10_000, Number.MIN_VALUE),
    batchSize: count('batchSize', 10, 1),
    flushIntervalMs: duration('flushIntervalMs', 1_000, 0),
    segmentsCache,
    allowedHosts: parseAllowedHosts(
      readOption(OWNER, options, 'allowedHosts') ?? [],
      readOption(OWNER, options, 'insecureHosts'),
    ),
    maxQueueSize: count('maxQueueSize', 10_000, 1),
    maxQueueBytes: count('maxQueueBytes', 20 * 2 ** 20, 1),
    fetch: readFunction(OWNER, options, 'fetch'),
    randomId: guardIds(readFunction(OWNER, options, 'randomId') ?? randomUuid),
  };
  const names = [...Object.keys(known), 'insecureHosts'];
  return { ...known, unknown: listUnknownOptions(OWNER, options, names, OFFICIAL) };
}

type NumberOption = {
  [K in keyof OdpOptions]-?: OdpOptions[K] extends number | undefined ? K : never;
}[keyof OdpOptions];

const CACHE_METHODS = ['lookup', 'save', 'reset'];
const CACHE_EXPECTED = 'an object with the methods lookup, save and reset';
