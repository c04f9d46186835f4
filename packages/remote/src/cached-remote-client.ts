/**
 * A cache around a client: the variants of a user are cached, concurrent callers share one fetch, and stale variants
 * are returned while newer ones are fetched in the background.
 */
import { SdkError } from '@sortition/core/errors';
import {
  callPart,
  checkOptionsObject,
  deepFreeze,
  describeValue,
  hasMethods,
  listUnknownOptions,
  readFunction,
  readNumber,
  tryPart,
} from '@sortition/core/internal';
import { monotonicNow } from '@sortition/http';
import QuickLRU from 'quick-lru';
import { createFetchAsync } from './fetch-async.ts';
import { createFlights } from './flights.ts';
import type { RemoteClient, RemoteFetchOptions } from './remote-fetch.ts';
import { checkFlagKeys } from './remote-request.ts';
import type { RemoteUser } from './remote-user.ts';
import type { Variants } from './remote-variants.ts';

/** Options of the cache. */
export interface CachedRemoteClientOptions {
  /** Age up to which cached variants are fresh, ms; 60,000 by default. */
  readonly ttlMs?: number | undefined;
  /** How much longer stale variants are returned while newer ones are fetched in the background, ms; 0 by default. */
  readonly staleMs?: number | undefined;
  /** Least number of cached results (never more than twice as many); 10,000 by default, 0 caches nothing. */
  readonly maxEntries?: number | undefined;
  /** How long a caller waits for another caller's fetch before it starts its own, ms; 10,000 by default. */
  readonly joinTimeoutMs?: number | undefined;
  /**
   * Returns the cache key of a user; by default the whole user as JSON. Leave out properties that change with each
   * request and do not matter for targeting, or no entry is ever found.
   */
  readonly userKey?: ((user: RemoteUser) => string) | undefined;
  /** Receives the promises of background fetches, for runtimes that stop after the response (serverless, edge). */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /**
   * Called with failures that no caller receives: of a fetch in the background or with a fallback, of a callback, and
   * unknown options.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const OWNER = 'createCachedRemoteClient';
const OPTIONS: readonly (keyof CachedRemoteClientOptions)[] = [
  'ttlMs',
  'staleMs',
  'maxEntries',
  'joinTimeoutMs',
  'userKey',
  'waitUntil',
  'onError',
];

interface Entry {
  readonly variants: Variants;
  /** On the monotonic clock. */
  readonly storedAt: number;
  /** Number of the fetch it came from. */
  readonly fetchNumber: number;
}

/**
 * Wraps a client; `close()` closes it too. Variants are shared between callers and frozen. Results are cached per user
 * and fetch options; the service does not track results from the cache, because no request is sent.
 *
 * @throws SdkError `invalid-option` for anything but a client, and for a negative or infinite number.
 * @example
 * const cached = createCachedRemoteClient(client, { ttlMs: 30_000, staleMs: 300_000 });
 */
export function createCachedRemoteClient(client: RemoteClient, options: CachedRemoteClientOptions = {}): RemoteClient {
  if (!hasMethods(client, ['fetch', 'close'])) {
    throw new SdkError('invalid-option', 'The client to cache must be one of createRemoteClient.');
  }
  checkOptionsObject(OWNER, options, '{ ttlMs: 30_000 }');
  const ttlMs = readNumber(OWNER, options, 'ttlMs', 60_000);
  const staleMs = readNumber(OWNER, options, 'staleMs', 0);
  const maxEntries = readNumber(OWNER, options, 'maxEntries', 10_000);
  const joinTimeoutMs = readNumber(OWNER, options, 'joinTimeoutMs', 10_000);
  const userKey = readFunction(OWNER, options, 'userKey') ?? JSON.stringify;
  const waitUntil = readFunction(OWNER, options, 'waitUntil');
  const onError = readFunction(OWNER, options, 'onError');
  const entries = maxEntries > 0 ? new QuickLRU<string, Entry>({ maxSize: maxEntries }) : undefined;
  const flights = createFlights<Variants>(joinTimeoutMs);
  let fetchCount = 0;
  let closed = false;

  async function fetchAndKeep(key: string, user: RemoteUser, options: RemoteFetchOptions): Promise<Variants> {
    fetchCount += 1;
    const fetchNumber = fetchCount;
    const variants = deepFreeze(await client.fetch(user, options));
    // A slow response must not replace that of a fetch that was started later.
    if (!closed && fetchNumber > (entries?.peek(key)?.fetchNumber ?? 0)) {
      entries?.set(key, { variants, storedAt: monotonicNow(), fetchNumber });
    }
    return variants;
  }

  async function fetchOrThrow(user: RemoteUser, { fallback, signal, ...asked }: RemoteFetchOptions): Promise<Variants> {
    if (closed) return client.fetch(user, asked);
    const key = `${formatOptions(asked)} ${formatKey(userKey, user)}`;
    const entry = entries?.get(key);
    const age = entry ? monotonicNow() - entry.storedAt : Number.POSITIVE_INFINITY;
    if (entry && age < ttlMs) return entry.variants;
    const start = (signal: AbortSignal) => fetchAndKeep(key, user, { ...asked, signal });
    if (!entry || age >= ttlMs + staleMs) return flights.join(key, signal, start);
    if (!flights.has(key)) {
      const renewal = flights.join(key, undefined, start).catch(report);
      callPart<unknown>(() => waitUntil?.(renewal), report);
    }
    return entry.variants;
  }

  async function fetch(user: RemoteUser, options?: RemoteFetchOptions): Promise<Variants> {
    try {
      return await fetchOrThrow(user, options ?? {});
    } catch (error) {
      if (!options?.fallback) throw error;
      report(error);
      return options.fallback;
    }
  }

  function report(error: unknown): void {
    // There is no other place to report errors of `onError`.
    tryPart<unknown>(() => onError?.(error));
  }

  const unknown = listUnknownOptions(OWNER, options, OPTIONS);
  if (unknown) report(new SdkError('invalid-option', unknown));

  return {
    fetch,
    fetchAsync: createFetchAsync(fetch, waitUntil, report),
    async close() {
      closed = true;
      entries?.clear();
      await client.close();
    },
  };
}

function formatOptions({
  flagKeys,
  includeDefaultVariants,
  tracksAssignment,
  tracksExposure,
}: RemoteFetchOptions): string {
  return JSON.stringify([
    flagKeys != null && checkFlagKeys(flagKeys),
    includeDefaultVariants,
    tracksAssignment,
    tracksExposure,
  ]);
}

function formatKey(userKey: (user: RemoteUser) => string, user: RemoteUser): string {
  try {
    const key: unknown = userKey(user);
    if (typeof key === 'string') return key;
    // The same key for all users would return the variants of one user to another.
    Promise.resolve(key).catch(() => undefined);
    throw new TypeError(`userKey returned ${describeValue(key)}; expected a string`);
  } catch (cause) {
    throw new SdkError('invalid-user', 'The user has no cache key: it cannot be written as JSON, or userKey failed.', {
      cause,
    });
  }
}
