/** Options of a polling config source: their shape, their limits, their defaults. */
import type { KeyValueStorage } from '@sortition/core';
import { MAX_DELAY_MS, parseEndpoint } from '@sortition/http';
import { invalid, readPositive } from './check-option.ts';
import { buildEndpoint, type DatafileEndpoint } from './datafile-endpoint.ts';

/** Keeps the last accepted datafile for a start without network. localStorage and AsyncStorage fit as they are. */
export type DatafileCache = KeyValueStorage;

/** Options of `createPollingConfig`. */
export interface PollingConfigOptions {
  /** Names the environment. Encoded into the URL; shown masked. */
  readonly sdkKey: string;
  /** Serves until the first one is fetched. A broken one is a problem, not an exception. */
  readonly datafile?: string | object | undefined;
  /** `%s` is the SDK key. https, or plain http to a loopback host. The hosted service's when absent. */
  readonly urlTemplate?: string | undefined;
  /** For datafiles that are not public; sent as a bearer token, shown nowhere. */
  readonly accessToken?: string | undefined;
  /** Sent with every request, to the datafile's origin only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * `background` (when absent) polls with a timer. `on-use` has no timer: a decision made after the interval starts a
   * refresh, handed to the client's `waitUntil`. `manual` fetches for `refresh()`, and for `ready()` while there is no
   * config. Both try again for as long as 30 s after a `ready()` that found none.
   */
  readonly updates?: 'background' | 'on-use' | 'manual' | undefined;
  /** Between two polls, give or take 10 %; 300,000 when absent, at least 1,000. */
  readonly pollIntervalMs?: number | undefined;
  /** For one whole request; 10,000 when absent. */
  readonly requestTimeoutMs?: number | undefined;
  /** Most bytes of a datafile, inflated; 64 MiB when absent. */
  readonly maxBytes?: number | undefined;
  /** Also listens to server-sent events that announce versions. `true`: beside the datafile, `.json` becoming `/events`. */
  readonly stream?: boolean | { readonly url: string } | undefined;
  /** Read once at the start, written after each accepted datafile; best effort. */
  readonly cache?: DatafileCache | undefined;
  /** `globalThis.fetch` when absent, read at each request. */
  readonly fetch?: typeof fetch | undefined;
}

/** Options as used: checked, with defaults. */
export interface PollingSettings extends DatafileEndpoint {
  readonly updates: 'background' | 'on-use' | 'manual';
  readonly intervalMs: number;
  readonly requestTimeoutMs: number;
  readonly maxBytes: number;
  readonly streamUrl: string | null;
  readonly cache: DatafileCache | undefined;
  readonly fetch: typeof fetch | undefined;
  /** What was changed to something that works. */
  readonly warnings: readonly string[];
}

const MIN_INTERVAL_MS = 1_000;

/** Checks options. @throws SdkError `invalid-option` */
export function readPollingOptions(options: PollingConfigOptions): PollingSettings {
  if (typeof options !== 'object' || options === null) throw invalid('Options are missing; { sdkKey } was expected.');
  const { updates = 'background', stream = false, cache, fetch } = options;
  if (!['background', 'on-use', 'manual'].includes(updates)) {
    throw invalid('updates has to be "background", "on-use" or "manual".');
  }
  if (stream && updates !== 'background') throw invalid('stream needs updates: "background".');
  if (fetch !== undefined && typeof fetch !== 'function') throw invalid('fetch has to be a function.');
  if (cache !== undefined && (typeof cache?.getItem !== 'function' || typeof cache.setItem !== 'function')) {
    throw invalid('cache has to have getItem and setItem, as localStorage has.');
  }
  const endpoint = buildEndpoint(options);
  const interval = readPositive(options, 'pollIntervalMs', 300_000, Number.POSITIVE_INFINITY);
  const intervalMs = Math.min(Math.max(interval, MIN_INTERVAL_MS), MAX_DELAY_MS);
  return {
    ...endpoint,
    updates,
    intervalMs,
    requestTimeoutMs: Math.min(readPositive(options, 'requestTimeoutMs', 10_000), MAX_DELAY_MS),
    maxBytes: readPositive(options, 'maxBytes', 67_108_864),
    streamUrl: stream === false ? null : readStreamUrl(stream, endpoint.url),
    cache,
    fetch,
    warnings:
      interval === intervalMs
        ? []
        : [`pollIntervalMs was ${interval} and is used as ${intervalMs}, the nearest limit.`],
  };
}

function readStreamUrl(stream: true | { readonly url: string }, datafileUrl: string): string {
  if (stream !== true) return parseEndpoint(stream?.url, 'stream.url').href;
  const url = new URL(datafileUrl);
  const path = url.pathname.replace(/\.json$/, '/events');
  if (path === url.pathname) {
    throw invalid('stream: true needs a datafile URL that ends with .json; pass stream: { url } instead.');
  }
  url.pathname = path;
  return url.href;
}
