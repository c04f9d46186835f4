/** A segment cache on Redis. */
export type { RedisClient, RedisCommander } from '@sortition/redis';
export {
  createRedisSegmentCache,
  type RedisSegmentCache,
  type RedisSegmentCacheOptions,
  type RedisSegmentCacheStats,
} from './redis-segment-cache.ts';
