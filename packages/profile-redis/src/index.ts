/** Sticky assignments in Redis. */
export type {
  IoredisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  RedisClient,
  RedisCommander,
} from '@sortition/redis';
export type { RedisProfileStoreOptions } from './redis-options.ts';
export { createRedisProfileStore, type RedisProfileStats, type RedisProfileStore } from './redis-profile-store.ts';
