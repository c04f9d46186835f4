/** Options of a Redis store. */
import { checkOptionsObject, invalidOption, readChoice, readNumber, readOption } from '@sortition/core/internal';
import type { RedisClient, RedisCommander } from '@sortition/redis';

/** Options of `createRedisProfileStore`. */
export interface RedisProfileStoreOptions {
  /** A client of ioredis or node-redis: single, cluster or behind a sentinel. Opened and closed by the application. */
  readonly client: RedisClient | RedisCommander;
  /**
   * In front of every key; `sortition:profile:` by default. Stores with different prefixes are independent. The
   * `keyPrefix` of the client, if it has one, comes first.
   */
  readonly prefix?: string | undefined;
  /** How long a profile stays after its last new assignment; `null`: for ever. 15,552,000 (180 days) by default. */
  readonly ttlSeconds?: number | null | undefined;
  /** `hash` (default): one field per experiment. `json`: the documented JSON profile, shared with other SDKs. */
  readonly layout?: 'hash' | 'json' | undefined;
  /** For each command, in milliseconds, independent of the client's own options; 200 by default. */
  readonly timeoutMs?: number | undefined;
}

/** Checked options with defaults. */
export interface RedisSettings {
  readonly prefix: string;
  readonly ttlSeconds: number | null;
  readonly layout: 'hash' | 'json';
  readonly timeoutMs: number;
}

const HALF_A_YEAR_IN_SECONDS = 15_552_000;
/** The limit of Redis and of timers. */
const MAX_INTEGER = 2 ** 31 - 1;

/** Name of the factory, for messages. */
export const OWNER = 'createRedisProfileStore';

/** Names of the options, for the check of unknown ones. */
export const OPTION_NAMES: readonly (keyof RedisProfileStoreOptions)[] = [
  'client',
  'prefix',
  'ttlSeconds',
  'layout',
  'timeoutMs',
];

/** @throws SdkError `invalid-option` */
export function readOptions(options: RedisProfileStoreOptions): RedisSettings {
  checkOptionsObject(OWNER, options, '{ client }');
  const given: unknown = readOption(OWNER, options, 'prefix');
  const prefix = given === undefined ? 'sortition:profile:' : given;
  if (typeof prefix !== 'string') throw invalidOption(OWNER, 'prefix', 'a string', prefix);
  return {
    prefix,
    ttlSeconds: readTtl(options),
    layout: readChoice(OWNER, options, 'layout', 'hash', ['hash', 'json']),
    timeoutMs: readNumber(OWNER, options, 'timeoutMs', 200, { min: Number.MIN_VALUE, max: MAX_INTEGER }),
  };
}

function readTtl(options: RedisProfileStoreOptions): number | null {
  const ttlSeconds: unknown = readOption(OWNER, options, 'ttlSeconds');
  if (ttlSeconds === undefined) return HALF_A_YEAR_IN_SECONDS;
  if (ttlSeconds === null) return null;
  const isInRange =
    Number.isInteger(ttlSeconds) && (ttlSeconds as number) >= 1 && (ttlSeconds as number) <= MAX_INTEGER;
  if (isInRange) return ttlSeconds as number;
  throw invalidOption(OWNER, 'ttlSeconds', 'whole seconds from 1, or null for no expiry', ttlSeconds);
}
