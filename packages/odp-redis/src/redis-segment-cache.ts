/**
 * Segments in Redis, so that servers share fetched segments.
 *
 * One key per user, and one key for the generation: a random text that every entry carries. A reset replaces the text,
 * which invalidates every entry at once; no keys are searched for or deleted, so keys of other applications are never
 * changed. Each command has one key, which is what a cluster needs.
 */
import type { SegmentCache } from '@sortition/core';
import { checkOptionsObject, createRecentMap, readInteger, readNumber, readString } from '@sortition/core/internal';
import { randomUuid } from '@sortition/http';
import {
  createCommandPort,
  createConnection,
  type RedisClient,
  type RedisCommander,
  watchClient,
} from '@sortition/redis';
import { redisKeyOf } from './redis-key.ts';

/** Options of `createRedisSegmentCache`. */
export interface RedisSegmentCacheOptions {
  /** Opened and closed by the application. */
  readonly client: RedisClient | RedisCommander;
  /** In front of every key, after the `keyPrefix` of the client if it has one; `sortition:odp:` by default. */
  readonly prefix?: string | undefined;
  /** How long segments are kept, in whole seconds; 600 by default. */
  readonly ttlSeconds?: number | undefined;
  /** For one command, in milliseconds; 200 by default. */
  readonly timeoutMs?: number | undefined;
}

/** Counters of a cache since it was created. */
export interface RedisSegmentCacheStats {
  /** `reads-only`: the server answers but does not write. */
  readonly state: 'up' | 'reads-only' | 'down';
  /** Number of commands without a reply in time. */
  readonly timeouts: number;
}

/** A segment cache with counters. */
export interface RedisSegmentCache extends SegmentCache {
  stats(): RedisSegmentCacheStats;
  /** Stops background work and removes listeners from the client. The connection stays open. */
  close(): void;
}

/** Entries looked up and not yet saved, at least: users whose segments are being fetched now. */
const REMEMBERED_GENERATIONS = 10_000;

const OWNER = 'createRedisSegmentCache';
/** The limit of Redis and of timers. */
const MAX_INTEGER = 2 ** 31 - 1;

/**
 * Creates the cache. Every method rejects with `SdkError` `store-failed` or `timeout` when Redis does not respond;
 * `createOdp` then continues without it. After five failures in a row methods reject at once until a probe in the
 * background succeeds.
 *
 * @throws SdkError `invalid-option`.
 * @example
 * const odp = createOdp({ segmentsCache: createRedisSegmentCache({ client: new Redis(url) }) });
 */
export function createRedisSegmentCache(options: RedisSegmentCacheOptions): RedisSegmentCache {
  checkOptionsObject(OWNER, options, '{ client }');
  const prefix = readString(OWNER, options, 'prefix', 'sortition:odp:');
  const ttlSeconds = readInteger(OWNER, options, 'ttlSeconds', 600, { min: 1, max: MAX_INTEGER });
  const timeoutMs = readNumber(OWNER, options, 'timeoutMs', 200, { min: Number.MIN_VALUE, max: MAX_INTEGER });
  const { client } = options;
  const port = createCommandPort(OWNER, client);
  const generationKey = `${prefix}generation`;
  /**
   * Key to the generation at its lookup: segments that are fetched after a lookup must not survive a reset in between.
   */
  const generations = createRecentMap<string>(REMEMBERED_GENERATIONS);
  let lastGeneration = '';
  const connection = createConnection(port.send, {
    timeoutMs,
    probe: () => ({ key: generationKey, args: ['GET', generationKey] }),
    // The ODP part reports rejections of these methods.
    onDown: () => undefined,
    onWritable: () => undefined,
  });
  const unwatch = watchClient(client, { onLost: connection.lost, onReady: connection.regained });

  return {
    async lookup(key) {
      const entryKey = prefix + (await redisKeyOf(key));
      const [generation, entry] = await Promise.all([
        connection.read(generationKey, ['GET', generationKey]).then(textOf),
        connection.read(entryKey, ['GET', entryKey]),
      ]);
      lastGeneration = generation;
      const segments = readEntry(entry, generation);
      if (segments === null) generations.set(key, generation);
      return segments;
    },
    async save(key, segments) {
      // The generation at this moment: an entry from before a reset must not count as one from after it.
      const generation = generations.get(key) ?? lastGeneration;
      generations.delete(key);
      const entryKey = prefix + (await redisKeyOf(key));
      const entry = JSON.stringify({ generation, segments });
      await connection.write(entryKey, ['SET', entryKey, entry, 'EX', String(ttlSeconds)]);
    },
    async reset() {
      const generation = randomUuid();
      generations.clear();
      lastGeneration = generation;
      await connection.write(generationKey, ['SET', generationKey, generation]);
    },
    stats: () => ({
      state: connection.canRead ? (connection.canWrite ? 'up' : 'reads-only') : 'down',
      timeouts: connection.timeouts,
    }),
    close() {
      unwatch();
      port.close();
      connection.close();
    },
  };
}

/** Returns an entry; entries of an earlier generation or of another application, and broken ones, count as missing. */
function readEntry(reply: unknown, generation: string): readonly string[] | null {
  try {
    const { generation: savedIn, segments } = Object(parse(reply)) as { generation?: unknown; segments?: unknown };
    if (savedIn !== generation || !Array.isArray(segments)) return null;
    return segments.every((segment): segment is string => typeof segment === 'string') ? segments : null;
  } catch {
    return null; // the entry is replaced by the next save
  }
}

/** Clients that parse replies as JSON return the entry itself. */
function parse(reply: unknown): unknown {
  return typeof reply === 'object' && !(reply instanceof Uint8Array) ? reply : JSON.parse(textOf(reply));
}

/** Clients may be configured to return bytes. */
function textOf(reply: unknown): string {
  if (typeof reply === 'string') return reply;
  return reply instanceof Uint8Array ? new TextDecoder().decode(reply) : '';
}
