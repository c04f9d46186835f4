/** Options of the ODP part: defaults and validation. */
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
  /** Least number of users whose segments are cached in memory; 10,000 by default, 0 for none. */
  readonly segmentsCacheSize?: number | undefined;
  /** How long segments are cached; 600,000 by default, 0 for not at all. */
  readonly segmentsCacheTimeoutMs?: number | undefined;
  /**
   * How long after a failure the segments of a user are not fetched again, unless the cache is ignored; 5,000 by
   * default. Always 0 when the cache is off.
   */
  readonly segmentsFailureMemoryMs?: number | undefined;
  /** For a whole fetch of segments, connecting and reading included; 10,000 by default. */
  readonly segmentsTimeoutMs?: number | undefined;
  /** For one request with events; 10,000 by default. */
  readonly eventsTimeoutMs?: number | undefined;
  /**
   * A request is sent when this many events wait; 10 by default. It takes up to a hundred times as many when more wait.
   */
  readonly batchSize?: number | undefined;
  /** How long an event waits for others; 1,000 by default, 0 for not at all. */
  readonly flushIntervalMs?: number | undefined;
  /**
   * Replaces the cache in memory, for example with one that servers share; the size and timeout above do not apply to
   * it.
   */
  readonly segmentsCache?: SegmentCache | undefined;
  /**
   * Hosts that a datafile may name besides `*.zaius.com` and `*.optimizely.com`: names, optionally with a port (any, when
   * absent), `*.example.com` for subdomains, IP addresses. Plain http only to loopback names that are listed.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** The allowed hosts that may be reached without TLS, such as `odp:8080`; this machine always may. */
  readonly insecureHosts?: readonly string[] | undefined;
  /** Limit of waiting events; above it the newest are dropped. 10,000 by default. */
  readonly maxQueueSize?: number | undefined;
  /** Limit of the bytes of waiting events; above it the newest are dropped. 20 MiB by default. */
  readonly maxQueueBytes?: number | undefined;
  /** By default our own transport in Node, and elsewhere `globalThis.fetch`, read at each request. */
  readonly fetch?: typeof fetch | undefined;
  /** Ids by which the platform recognises an event that arrives twice; version 4 UUIDs by default. */
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
  /** A sentence about unknown options. */
  readonly unknown: string | undefined;
}

const OWNER = 'createOdp';

/** Names in the official SDK that do not resemble ours. */
const OFFICIAL = { segmentsApiTimeout: 'segmentsTimeoutMs', eventApiTimeout: 'eventsTimeoutMs' };

/** Applies the defaults. Throws an `SdkError` with the code `invalid-option` for an invalid value. */
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
