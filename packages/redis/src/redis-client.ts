/**
 * The Redis clients that adapters work with, by their shape: no client is a dependency and no version is pinned. The
 * application opens the connection, chooses its options and closes it.
 */

/** `Redis` and `Cluster` of ioredis, and the same of iovalkey. */
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

/** ioredis and iovalkey `Redis` and `Cluster`; node-redis client, pool, cluster and sentinel. */
export type RedisClient = IoredisClient | NodeRedisClient | NodeRedisCluster | NodeRedisSentinel;

/** Anything else that can send a command. */
export interface RedisCommander {
  /**
   * Sends one command and resolves to the reply. Numbers and objects instead of texts, as clients over HTTP return them
   * after parsing JSON, are accepted; `undefined` counts as a failure.
   *
   * @param key The only key of the command, for routing; `args` contains it too.
   */
  command(key: string, args: readonly string[]): Promise<unknown>;
}
