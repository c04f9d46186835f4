/** What a Redis store is made of. */
import { SdkError } from '@sortition/core';
import type { RedisClient, RedisCommander } from './redis-client.ts';

/** Options of `createRedisProfileStore`. */
export interface RedisProfileStoreOptions {
  /** A client of ioredis or node-redis: single, cluster or behind a sentinel. Opened and closed by the application. */
  readonly client: RedisClient | RedisCommander;
  /** Before every key; `sortition:profile:` unless given. Stores with different prefixes do not meet. */
  readonly prefix?: string | undefined;
  /** How long a profile stays after its last new assignment; `null`: for ever. 15,552,000 (180 days) unless given. */
  readonly ttlSeconds?: number | null | undefined;
  /** `hash` (default): one field per experiment. `json`: the documented JSON profile, shared with other SDKs. */
  readonly layout?: 'hash' | 'json' | undefined;
  /** For each command, in milliseconds, whatever the client's own options say; 200 unless given. */
  readonly timeoutMs?: number | undefined;
}

/** The same with the defaults filled in. */
export interface RedisSettings {
  readonly prefix: string;
  readonly ttlSeconds: number | null;
  readonly layout: 'hash' | 'json';
  readonly timeoutMs: number;
}

const HALF_A_YEAR_IN_SECONDS = 15_552_000;
/** What Redis and timers can count to. */
const MAX_INTEGER = 2 ** 31 - 1;

/** @throws SdkError `invalid-option` naming the option, what was expected and what came. */
export function readOptions(options: RedisProfileStoreOptions): RedisSettings {
  const {
    prefix = 'sortition:profile:',
    ttlSeconds = HALF_A_YEAR_IN_SECONDS,
    layout = 'hash',
    timeoutMs = 200,
  } = options ?? {};
  if (typeof prefix !== 'string') throw invalid('prefix', 'a string', prefix);
  if (ttlSeconds !== null && !(Number.isInteger(ttlSeconds) && ttlSeconds >= 1 && ttlSeconds <= MAX_INTEGER)) {
    throw invalid('ttlSeconds', 'whole seconds from 1, or null for no expiry', ttlSeconds);
  }
  if (layout !== 'hash' && layout !== 'json') throw invalid('layout', '"hash" or "json"', layout);
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= MAX_INTEGER)) {
    throw invalid('timeoutMs', 'milliseconds above 0', timeoutMs);
  }
  return { prefix, ttlSeconds, layout, timeoutMs };
}

function invalid(option: string, expected: string, got: unknown): SdkError {
  const shown = typeof got === 'number' ? String(got) : typeof got === 'string' ? JSON.stringify(got) : typeof got;
  return new SdkError(
    'invalid-option',
    `The option "${option}" of createRedisProfileStore must be ${expected}, got ${got === null ? 'null' : shown}.`,
  );
}
