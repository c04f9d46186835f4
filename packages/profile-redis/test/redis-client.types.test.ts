/** Compiled, and that is the test: the structural type takes every supported client as it is. */
import { Cluster, Redis } from 'ioredis';
import { createClient, type createClientPool, type createCluster, type createSentinel } from 'redis';
import { expect, expectTypeOf, it } from 'vitest';
import type { RedisClient, RedisProfileStoreOptions } from '../src/index.ts';

it('ioredis and node-redis clients, pools, clusters and sentinels are Redis clients without a cast', () => {
  expectTypeOf<Redis>().toExtend<RedisClient>();
  expectTypeOf<Cluster>().toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createClient>>().toExtend<RedisClient>();
  const overResp2: RedisClient = createClient({ RESP: 2 });
  expectTypeOf<ReturnType<typeof createClientPool>>().toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createCluster>>().toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createSentinel>>().toExtend<RedisClient>();
  expectTypeOf<{ command(key: string, args: readonly string[]): Promise<unknown> }>().toExtend<
    RedisProfileStoreOptions['client']
  >();
  expectTypeOf<{ get(key: string): Promise<string> }>().not.toExtend<RedisProfileStoreOptions['client']>();
  expectTypeOf<string>().not.toExtend<RedisProfileStoreOptions['client']>();
  expect(overResp2).toHaveProperty('sendCommand');
  expect([Redis, Cluster].map((client) => typeof client.prototype.call)).toEqual(['function', 'function']);
});
