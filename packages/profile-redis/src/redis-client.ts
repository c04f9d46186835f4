/**
 * The Redis clients the store works with, by their shape: neither package is a dependency, and no version is pinned. The
 * application opens the connection, decides on its options and closes it.
 */
import { SdkError } from '@sortition/core';

/** `Redis` and `Cluster` of ioredis. */
export interface IoredisClient {
  call(command: string, args: string[]): Promise<unknown>;
}

/** What `createClient` and `createClientPool` of node-redis return. */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>;
}

/** What `createCluster` of node-redis returns. */
export interface NodeRedisCluster {
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
}

/** What `createSentinel` of node-redis returns. ioredis watches sentinels behind its ordinary `Redis`. */
export interface NodeRedisSentinel {
  sendCommand(isReadonly: boolean | undefined, args: string[]): Promise<unknown>;
}

/** ioredis `Redis` and `Cluster`, node-redis client, pool, cluster and sentinel. */
export type RedisClient = IoredisClient | NodeRedisClient | NodeRedisCluster | NodeRedisSentinel;

/** Anything else that can send a command. */
export interface RedisCommander {
  /** @param key The only key of the command, for routing; it is among `args`, too. */
  command(key: string, args: readonly string[]): Promise<unknown>;
}

/** Sends one command that concerns one key. Never throws. */
export type SendCommand = (key: string, args: readonly string[]) => Promise<unknown>;

/**
 * Options of a node-redis command: a map (`%` in RESP3) comes as a flat list. As a plain object, which is its default, a
 * field `__proto__` would be lost.
 */
const FLAT_REPLIES = /* @__PURE__ */ Object.freeze({ typeMapping: { 37: Array } });

/** Commands that a replica may answer. */
const READS: ReadonlySet<string | undefined> = /* @__PURE__ */ new Set(['HGETALL', 'GET', 'EXISTS']);

/**
 * Finds out how a client takes commands. The names come in capitals, which keeps ioredis from reshaping replies.
 *
 * @throws SdkError `invalid-option` on anything that takes none.
 */
export function toSendCommand(client: unknown): SendCommand {
  const candidate = (client ?? {}) as Partial<IoredisClient & NodeRedisClient & RedisCommander>;
  // Both packages have methods named `command` and ioredis has a `sendCommand` of another kind: the order matters.
  if (typeof candidate.call === 'function') {
    const ioredis = candidate as IoredisClient;
    return (_key, [name = '', ...args]) => attempt(() => ioredis.call(name, args));
  }
  if (typeof candidate.sendCommand === 'function') {
    if ('masters' in candidate) {
      const cluster = client as NodeRedisCluster;
      const send = cluster.sendCommand.bind(cluster) as (...call: unknown[]) => Promise<unknown>;
      return (key, args) => attempt(() => send(key, READS.has(args[0]), args, FLAT_REPLIES));
    }
    if ('getSentinelNode' in candidate) {
      const sentinel = client as NodeRedisSentinel;
      const send = sentinel.sendCommand.bind(sentinel) as (...call: unknown[]) => Promise<unknown>;
      return (_key, args) => attempt(() => send(READS.has(args[0]), args, FLAT_REPLIES));
    }
    const single = candidate as NodeRedisClient;
    const send = single.sendCommand.bind(single) as (...call: unknown[]) => Promise<unknown>;
    return (_key, args) => attempt(() => send(args, FLAT_REPLIES));
  }
  if (typeof candidate.command === 'function') {
    const commander = candidate as RedisCommander;
    return (key, args) => attempt(() => commander.command(key, args));
  }
  throw new SdkError(
    'invalid-option',
    `The option "client" of createRedisProfileStore must be a client of ioredis or node-redis, or have a method "command", got ${client === null ? 'null' : typeof client}.`,
  );
}

/** A client may throw instead of rejecting, and answer at once. */
function attempt(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return Promise.resolve(call());
  } catch (cause) {
    return Promise.reject(cause);
  }
}
