/** A segment cache on Redis. */
export type { RedisClient, RedisCommander } from './redis-client.ts';
export { createRedisSegmentCache, type RedisSegmentCacheOptions } from './redis-segment-cache.ts';
