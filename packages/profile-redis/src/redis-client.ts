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

/** ioredis `Redis` and `Cluster`, node-redis client, pool and cluster. */
export type RedisClient = IoredisClient | NodeRedisClient | NodeRedisCluster;

/** Anything else that can send a command. */
export interface RedisCommander {
  /** @param key The only key of the command, for routing; it is among `args`, too. */
  command(key: string, args: readonly string[]): Promise<unknown>;
}

/** Sends one command that concerns one key. */
export type SendCommand = (key: string, args: readonly string[]) => Promise<unknown>;

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
    return async (_key, [name = '', ...args]) => ioredis.call(name, args);
  }
  if (typeof candidate.sendCommand === 'function') {
    if ('masters' in candidate) {
      const cluster = client as NodeRedisCluster;
      return async (key, args) => cluster.sendCommand(key, READS.has(args[0]), [...args]);
    }
    const single = candidate as NodeRedisClient;
    return async (_key, args) => single.sendCommand([...args]);
  }
  if (typeof candidate.command === 'function') {
    const commander = candidate as RedisCommander;
    return async (key, args) => commander.command(key, args);
  }
  throw new SdkError(
    'invalid-option',
    `The option "client" of createRedisProfileStore must be a client of ioredis or node-redis, or have a method "command", got ${client === null ? 'null' : typeof client}.`,
  );
}
