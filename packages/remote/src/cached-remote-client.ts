/**
 * A cache around a client: the variants of a user are kept for a while, fetched once however many ask, and renewed behind
 * the back of whoever gets the old ones.
 */
import { SdkError } from '@sortition/core/errors';
import { monotonicNow } from '@sortition/http';
import QuickLRU from 'quick-lru';
import { createFetchAsync } from './fetch-async.ts';
import { createFlights } from './flights.ts';
import type { RemoteClient, RemoteFetchOptions } from './remote-fetch.ts';
import type { RemoteUser } from './remote-user.ts';
import type { Variants } from './remote-variants.ts';

/** How long and for how many users variants are kept. */
export interface CachedRemoteClientOptions {
  /** Age up to which variants are given out as they are, ms; 60,000 unless given. */
  readonly ttlMs?: number | undefined;
  /** How much longer they are given out while newer ones are fetched in the background, ms; 0 unless given. */
  readonly staleMs?: number | undefined;
  /** The questions answered last that are kept at least (never more than twice as many); 10,000 unless given, 0 keeps none. */
  readonly maxEntries?: number | undefined;
  /** How long somebody waits for a fetch that another one started before starting their own, ms; 10,000 unless given. */
  readonly joinTimeoutMs?: number | undefined;
  /**
   * What tells users apart; the whole user as JSON unless given. Leave out what changes with each request and does not
   * matter for targeting, or nothing is ever found.
   */
  readonly userKey?: ((user: RemoteUser) => string) | undefined;
  /** Is handed the fetches in the background, where a runtime ends with the response (serverless, edge). */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Told of failures nobody sees: a fetch in the background or with a fallback, a callback that threw. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

interface Entry {
  readonly variants: Variants;
  /** On the monotonic clock. */
  readonly storedAt: number;
  /** Number of the fetch it came from. */
  readonly fetchNumber: number;
}

/**
 * Wraps a client; `close()` closes it too. Variants are shared between callers and frozen. A user's answer is kept per
 * set of fetch options; what is found in the cache is not asked for, so the service does not track it either.
 *
 * @throws SdkError `invalid-option` on what is no client, and on a negative or endless number.
 * @example
 * const cached = createCachedRemoteClient(client, { ttlMs: 30_000, staleMs: 300_000 });
 */
export function createCachedRemoteClient(client: RemoteClient, options: CachedRemoteClientOptions = {}): RemoteClient {
  if (typeof client?.fetch !== 'function' || typeof client.close !== 'function') {
    throw new SdkError('invalid-option', 'The client to cache must be one of createRemoteClient.');
  }
  if (typeof options !== 'object' || options === null) {
    throw new SdkError('invalid-option', 'The options must be an object such as { ttlMs: 30_000 }.');
  }
  const { ttlMs = 60_000, staleMs = 0, maxEntries = 10_000, joinTimeoutMs = 10_000 } = options;
  for (const [name, value] of Object.entries({ ttlMs, staleMs, maxEntries, joinTimeoutMs })) checkNumber(name, value);
  const { userKey = JSON.stringify, waitUntil, onError } = options;
  for (const [name, value] of Object.entries({ userKey, waitUntil, onError })) {
    if (value !== undefined && typeof value !== 'function') {
      throw new SdkError('invalid-option', `${name} must be a function.`);
    }
  }
  const entries = maxEntries > 0 ? new QuickLRU<string, Entry>({ maxSize: maxEntries }) : undefined;
  const flights = createFlights<Variants>(joinTimeoutMs);
  let fetchCount = 0;
  let closed = false;

  async function fetchAndKeep(key: string, user: RemoteUser, options: RemoteFetchOptions): Promise<Variants> {
    fetchCount += 1;
    const fetchNumber = fetchCount;
    const variants = freeze(await client.fetch(user, options));
    // An answer that took long must not replace that of a fetch begun later.
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
      waitUntil?.(renewal);
    }
    return entry.variants;
  }

  async function fetch(user: RemoteUser, options: RemoteFetchOptions = {}): Promise<Variants> {
    try {
      return await fetchOrThrow(user, options);
    } catch (error) {
      if (!options.fallback) throw error;
      report(error);
      return options.fallback;
    }
  }

  function report(error: unknown): void {
    try {
      onError?.(error);
    } catch {
      // Whoever listens for errors has nobody left to tell of their own.
    }
  }

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
  return JSON.stringify([flagKeys, includeDefaultVariants, tracksAssignment, tracksExposure]);
}

function formatKey(userKey: (user: RemoteUser) => string, user: RemoteUser): string {
  try {
    return userKey(user);
  } catch (cause) {
    throw new SdkError('invalid-user', 'The user has no cache key: it cannot be JSON, or userKey threw.', { cause });
  }
}

function checkNumber(name: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new SdkError('invalid-option', `${name} is ${typeof value} ${value}; a number from 0 was expected.`);
  }
}

/** Freezes JSON all the way down; without recursion, because the service decides how deep a payload is. */
function freeze<T>(root: T): T {
  const left: unknown[] = [root];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) continue;
    Object.freeze(value);
    for (const part of Object.values(value)) left.push(part);
  }
  return root;
}
