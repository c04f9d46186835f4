/**
 * The Redis clients the cache works with, by their shape, so that no version of either package is pinned. The application
 * opens and closes the connection.
 */
import { SdkError } from '@sortition/core';

/** ioredis `Redis` and `Cluster`. */
interface IoredisClient {
  call(command: string, args: string[]): Promise<unknown>;
}

/** node-redis client and pool. */
interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>;
}

/** node-redis cluster. */
interface NodeRedisCluster {
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
}

/** node-redis sentinel. */
interface NodeRedisSentinel {
  sendCommand(isReadonly: boolean | undefined, args: string[]): Promise<unknown>;
}

/** ioredis `Redis` and `Cluster`, node-redis client, pool, cluster and sentinel. */
export type RedisClient = IoredisClient | NodeRedisClient | NodeRedisCluster | NodeRedisSentinel;

/** Anything else that can send a command. */
export interface RedisCommander {
  /** @param key The only key of the command, for routing; `args` hold it too. */
  command(key: string, args: readonly string[]): Promise<unknown>;
}

/** Sends one command with one key. */
export type SendCommand = (key: string, args: readonly string[]) => Promise<unknown>;

/** Finds out how a client takes commands. Throws `SdkError` `invalid-option` on one that takes none. */
export function toSendCommand(client: unknown): SendCommand {
  const methods = Object(client) as Partial<IoredisClient & NodeRedisClient & RedisCommander>;
  // ioredis also has a `sendCommand`, and both packages a `command`, that mean something else: the order matters.
  if (typeof methods.call === 'function') {
    const ioredis = client as IoredisClient;
    return async (_key, [name = '', ...args]) => ioredis.call(name, args);
  }
  if (typeof methods.sendCommand === 'function') {
    if ('masters' in methods) {
      const cluster = client as NodeRedisCluster;
      return async (key, args) => cluster.sendCommand(key, args[0] === 'GET', [...args]);
    }
    if ('getSentinelNode' in methods) {
      const sentinel = client as NodeRedisSentinel;
      return async (_key, args) => sentinel.sendCommand(args[0] === 'GET', [...args]);
    }
    const single = client as NodeRedisClient;
    return async (_key, args) => single.sendCommand([...args]);
  }
  if (typeof methods.command === 'function') {
    const commander = client as RedisCommander;
    return async (key, args) => commander.command(key, args);
  }
  throw new SdkError(
    'invalid-option',
    '"client" of createRedisSegmentCache must be a client of ioredis or node-redis, or have a method "command".',
  );
}
