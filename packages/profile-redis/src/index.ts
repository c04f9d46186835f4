/** Sticky assignments in Redis. */
export type {
  IoredisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  RedisClient,
  RedisCommander,
} from './redis-client.ts';
export type { RedisProfileStoreOptions } from './redis-options.ts';
export { createRedisProfileStore, type RedisProfileStats, type RedisProfileStore } from './redis-profile-store.ts';
