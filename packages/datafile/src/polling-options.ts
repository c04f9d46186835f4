/** Options of a polling config source: their shape, their limits, their defaults. */
import { SdkError } from '@sortition/core';
import { checkOptionsObject, listUnknownOptions, readChoice, readFunction, readNumber } from '@sortition/core/internal';
import { MAX_DELAY_MS } from '@sortition/http';
import type { DatafileCache } from './datafile-cache.ts';
import { buildEndpoint, type DatafileEndpoint, OWNER } from './datafile-endpoint.ts';
import type { DatafileCheck } from './parse-document.ts';
import type { ListenForVersions, VersionStream } from './version-listener.ts';

/** Options of `createPollingConfig`. */
export interface PollingConfigOptions {
  /** Names the environment. Encoded into the URL; masked in messages. */
  readonly sdkKey: string;
  /**
   * Used until the first one is fetched; text, bytes or an object. A broken datafile is a problem, not an exception.
   */
  readonly datafile?: string | object | undefined;
  /**
   * `%s` is the SDK key. https, or plain http to this machine or to one of `insecureHosts`. The hosted service by
   * default.
   */
  readonly urlTemplate?: string | undefined;
  /** Hosts that may be reached over plain http, such as `datafiles`, `datafiles:8080` or `*.svc.cluster.local`. */
  readonly insecureHosts?: readonly string[] | undefined;
  /** For datafiles that are not public; sent as a bearer token, never shown. */
  readonly accessToken?: string | undefined;
  /** Sent with every request, to the datafile's origin only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * `background` (the default) polls with a timer. `on-use` has no timer: a decision after the interval starts a
   * refresh, which is passed to the client's `waitUntil`. `manual` fetches for `refresh()`, and for `ready()` while
   * there is no config. Both retry for up to 30 s after a `ready()` that found no config.
   */
  readonly updates?: 'background' | 'on-use' | 'manual' | undefined;
  /** Time between two polls, ± 10 %; 300,000 by default, at least 1,000. */
  readonly pollIntervalMs?: number | undefined;
  /** For one whole request; 10,000 by default. */
  readonly requestTimeoutMs?: number | undefined;
  /** Limit of the inflated datafile; 64 MiB by default. */
  readonly maxBytes?: number | undefined;
  /** Also listens for new versions: `versionStream()` of `@sortition/datafile/stream`, or your own function. */
  readonly stream?: VersionStream | undefined;
  /** Keeps the last accepted datafile for a start without network: `createDatafileCache(storage)`. */
  readonly cache?: DatafileCache | undefined;
  /** `datafileCheck`: describes the mistakes of a datafile in sentences; without it they are only counted. */
  readonly check?: DatafileCheck | undefined;
  /** By default our own transport in Node, and elsewhere `globalThis.fetch`, read at each request. */
  readonly fetch?: typeof fetch | undefined;
}

/** Checked options with defaults. */
export interface PollingSettings extends DatafileEndpoint {
  readonly updates: 'background' | 'on-use' | 'manual';
  readonly intervalMs: number;
  readonly requestTimeoutMs: number;
  readonly maxBytes: number;
  readonly listen: ListenForVersions | undefined;
  readonly cache: ReturnType<DatafileCache> | undefined;
  readonly fetch: typeof fetch | undefined;
  /** A sentence about an option that was raised to its minimum. */
  readonly clamped: string | undefined;
  /** A sentence about unknown options. */
  readonly unknown: string | undefined;
}

/** Names in the official SDK that do not resemble ours. */
const OFFICIAL = { updateInterval: 'pollIntervalMs', autoUpdate: 'updates', requestHandler: 'fetch' };
const MIN_INTERVAL_MS = 1_000;
const UPDATES = ['background', 'on-use', 'manual'] as const;

/** In the order of the interface above. */
const KNOWN: readonly (keyof PollingConfigOptions)[] = [
  'sdkKey',
  'datafile',
  'urlTemplate',
  'insecureHosts',
  'accessToken',
  'headers',
  'updates',
  'pollIntervalMs',
  'requestTimeoutMs',
  'maxBytes',
  'stream',
  'cache',
  'check',
  'fetch',
];

/** Checks options. @throws SdkError `invalid-option` */
export function readPollingOptions(options: PollingConfigOptions): PollingSettings {
  checkOptionsObject(OWNER, options, '{ sdkKey }');
  const updates = readChoice(OWNER, options, 'updates', 'background', UPDATES);
  const stream = readFunction(OWNER, options, 'stream', 'versionStream()');
  const cache = readFunction(OWNER, options, 'cache', 'createDatafileCache(storage)');
  if (stream && updates !== 'background') {
    throw new SdkError('invalid-option', `stream does not work with updates: "${updates}"; expected "background".`);
  }
  const endpoint = buildEndpoint(options);
  const above0 = { min: Number.MIN_VALUE };
  const interval = readNumber(OWNER, options, 'pollIntervalMs', 300_000, { ...above0, max: Number.POSITIVE_INFINITY });
  const intervalMs = Math.min(Math.max(interval, MIN_INTERVAL_MS), MAX_DELAY_MS);
  const settings = {
    ...endpoint,
    updates,
    intervalMs,
    requestTimeoutMs: Math.min(readNumber(OWNER, options, 'requestTimeoutMs', 10_000, above0), MAX_DELAY_MS),
    maxBytes: readNumber(OWNER, options, 'maxBytes', 67_108_864, above0),
    fetch: readFunction(OWNER, options, 'fetch'),
  };
  return {
    ...settings,
    listen: stream?.(settings),
    cache: cache?.(options.sdkKey, endpoint),
    clamped:
      interval === intervalMs
        ? undefined
        : `pollIntervalMs was ${interval} and is used as ${intervalMs}, the nearest limit.`,
    unknown: listUnknownOptions(OWNER, options, KNOWN, OFFICIAL),
  };
}
