/**
 * A cache around a client: the variants of a user are kept for a while, fetched once however many ask, and renewed in the
 * background while the old ones are given out.
 */
import { SdkError } from '@sortition/core/errors';
import {
  callPart,
  checkOptionsObject,
  createRecentMap,
  deepFreeze,
  describeValue,
  hasMethods,
  listUnknownOptions,
  readFunction,
  readNumber,
  tryPart,
} from '@sortition/core/internal';
import { monotonicNow } from '@sortition/http';
import { createFetchAsync } from './fetch-async.ts';
import { createFlights } from './flights.ts';
import type { RemoteClient, RemoteFetchOptions } from './remote-fetch.ts';
import { checkFlagKeys } from './remote-request.ts';
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
  /** How long a caller waits for a fetch that another one started before starting its own, ms; 10,000 unless given. */
  readonly joinTimeoutMs?: number | undefined;
  /**
   * What tells users apart; the whole user as JSON unless given. Leave out what changes with each request and does not
   * matter for targeting, or nothing is ever found.
   */
  readonly userKey?: ((user: RemoteUser) => string) | undefined;
  /** Is handed the fetches in the background, where a runtime ends with the response (serverless, edge). */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Told of failures that reach no caller: a fetch in the background or with a fallback, a callback that threw, unknown options. */
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
 * Wraps a client; `close()` closes it too. Variants are shared between callers and frozen. A user's answer is kept per
 * set of fetch options; what is found in the cache is not asked for, so the service does not track it either.
 *
 * @throws SdkError `invalid-option` on anything but a client, and on a negative or endless number.
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
  const entries = maxEntries > 0 ? createRecentMap<Entry>(maxEntries) : undefined;
  const flights = createFlights<Variants>(joinTimeoutMs);
  let fetchCount = 0;
  let closed = false;

  async function fetchAndKeep(key: string, user: RemoteUser, options: RemoteFetchOptions): Promise<Variants> {
    fetchCount += 1;
    const fetchNumber = fetchCount;
    const variants = deepFreeze(await client.fetch(user, options));
    // An answer that took long must not replace that of a fetch begun later.
    if (!closed && fetchNumber > (entries?.get(key)?.fetchNumber ?? 0)) {
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
    // A listener for errors has no other place to report its own.
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
    // One key for all users would hand out the variants of one to another.
    Promise.resolve(key).catch(() => undefined);
    throw new TypeError(`userKey answered ${describeValue(key)}; expected a string`);
  } catch (cause) {
    throw new SdkError('invalid-user', 'The user has no cache key: it cannot be JSON, or userKey failed.', { cause });
  }
}
