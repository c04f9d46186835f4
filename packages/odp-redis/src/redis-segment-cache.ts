/**
 * Segments in Redis, so that servers share what one of them fetched.
 *
 * One key per user, and one key for the generation: a random text that every entry carries. A reset replaces the text and
 * thereby outdates every entry at once; nothing is searched for and nothing is deleted, so no key of anybody else is ever
 * touched. Each command has one key, which is what a cluster needs.
 */
import { SdkError, type SegmentCache } from '@sortition/core';
import { randomUuid, withDeadline } from '@sortition/http';
import { type RedisClient, type RedisCommander, type SendCommand, toSendCommand } from './redis-client.ts';
import { redisKeyOf } from './redis-key.ts';

/** Options of `createRedisSegmentCache`. */
export interface RedisSegmentCacheOptions {
  /** Opened and closed by the application. */
  readonly client: RedisClient | RedisCommander;
  /** In front of every key; `sortition:odp:` unless given. */
  readonly prefix?: string | undefined;
  /** How long segments are remembered, in whole seconds; 600 unless given. */
  readonly ttlSeconds?: number | undefined;
  /** For one command, in milliseconds; 200 unless given. */
  readonly timeoutMs?: number | undefined;
}

/** Entries looked up and not yet saved, at most: users whose segments are being fetched now. */
const REMEMBERED_GENERATIONS = 10_000;

/**
 * Creates the cache. Every method rejects with `SdkError` `store-failed` or `timeout` when Redis does not answer, and
 * `createOdp` then goes on without it.
 *
 * @throws SdkError `invalid-option`.
 * @example
 * const odp = createOdp({ segmentsCache: createRedisSegmentCache({ client: new Redis(url) }) });
 */
export function createRedisSegmentCache(options: RedisSegmentCacheOptions): SegmentCache {
  const { client, prefix = 'sortition:odp:', ttlSeconds = 600, timeoutMs = 200 } = options ?? {};
  if (typeof prefix !== 'string' || prefix === '') throw invalid('prefix', 'a text that is not empty');
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1) throw invalid('ttlSeconds', 'an integer from 1');
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0)) throw invalid('timeoutMs', 'a number of milliseconds above 0');
  const send = bounded(toSendCommand(client), timeoutMs);
  const generationKey = `${prefix}generation`;
  /** Key to the generation that its lookup saw: what is fetched after a lookup must not outlive a reset in between. */
  const generations = new Map<string, string>();
  let lastGeneration = '';

  return {
    async lookup(key) {
      const entryKey = prefix + (await redisKeyOf(key));
      const [generation, entry] = await Promise.all([
        send(generationKey, ['GET', generationKey]).then(textOf),
        send(entryKey, ['GET', entryKey]).then(textOf),
      ]);
      lastGeneration = generation;
      const segments = readEntry(entry, generation);
      if (segments === null) remember(generations, key, generation);
      return segments;
    },
    async save(key, segments) {
      // Of this moment: what is saved before a reset must not be taken for what came after it.
      const generation = generations.get(key) ?? lastGeneration;
      generations.delete(key);
      const entryKey = prefix + (await redisKeyOf(key));
      const entry = JSON.stringify({ generation, segments });
      await send(entryKey, ['SET', entryKey, entry, 'EX', String(ttlSeconds)]);
    },
    async reset() {
      const generation = randomUuid();
      generations.clear();
      lastGeneration = generation;
      await send(generationKey, ['SET', generationKey, generation]);
    },
  };
}

function bounded(send: SendCommand, timeoutMs: number): SendCommand {
  return async (key, args) => {
    try {
      // A client may hold commands back for as long as it is offline.
      return await withDeadline({ timeoutMs, what: `${args[0]} to Redis` }, () => send(key, args));
    } catch (cause) {
      if (cause instanceof SdkError) throw cause;
      throw new SdkError('store-failed', `${args[0]} to Redis failed; the segment cache needs GET and SET.`, { cause });
    }
  };
}

function remember(generations: Map<string, string>, key: string, generation: string): void {
  generations.set(key, generation);
  if (generations.size <= REMEMBERED_GENERATIONS) return;
  for (const oldest of generations.keys()) {
    generations.delete(oldest);
    return;
  }
}

/** What is stored by a former generation, by somebody else or broken is not there. */
function readEntry(text: string, generation: string): readonly string[] | null {
  if (text === '') return null;
  try {
    const entry = JSON.parse(text) as { readonly generation?: unknown; readonly segments?: unknown };
    const isCurrent = entry.generation === generation && Array.isArray(entry.segments);
    if (!isCurrent) return null;
    const segments = entry.segments as unknown[];
    return segments.every((segment): segment is string => typeof segment === 'string') ? segments : null;
  } catch {
    return null; // the entry is replaced by the next save
  }
}

/** Clients may be set to answer bytes. */
function textOf(reply: unknown): string {
  if (typeof reply === 'string') return reply;
  return reply instanceof Uint8Array ? new TextDecoder().decode(reply) : '';
}

function invalid(name: string, expected: string): SdkError {
  return new SdkError('invalid-option', `"${name}" of createRedisSegmentCache must be ${expected}.`);
}
