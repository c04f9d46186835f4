import { canStartRedis, type RedisCluster, startRedisCluster, startWatchedRedis } from '@sortition/rig';
import { Cluster, Redis } from 'ioredis';
import { createCluster, createSentinel } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedisSegmentCache } from '../src/index.ts';

describe.skipIf(!canStartRedis())('[RED-08] on a cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 60_000);
  afterAll(() => cluster.close());

  const users = Array.from({ length: 30 }, (_, index) => `user-${index}`);

  test('the cluster clients of both packages share what they saved across slots', async () => {
    const ioredis = new Cluster(cluster.masters.map(({ port }) => ({ host: '127.0.0.1', port })));
    const nodeRedis = createCluster({ rootNodes: cluster.masters.map(({ url }) => ({ url })) });
    await nodeRedis.connect();
    const one = createRedisSegmentCache({ client: ioredis, timeoutMs: 5_000 });
    const other = createRedisSegmentCache({ client: nodeRedis, timeoutMs: 5_000 });
    for (const user of users) await one.save(user, [user]);
    for (const user of users) expect(await other.lookup(user)).toEqual([user]);
    await other.reset();
    for (const user of users) expect(await one.lookup(user)).toBeNull();
    for (const user of users) await other.save(user, ['vip']);
    for (const user of users) expect(await one.lookup(user)).toEqual(['vip']);
    ioredis.disconnect();
    nodeRedis.destroy();
  }, 60_000);
});

describe.skipIf(!canStartRedis())('[RED-08] behind a sentinel', () => {
  test('the clients of both packages share what they saved', async () => {
    const { name, sentinel, close } = await startWatchedRedis();
    const address = { host: '127.0.0.1', port: sentinel.port };
    const ioredis = new Redis({ name, sentinels: [address] });
    const nodeRedis = createSentinel({ name, sentinelRootNodes: [address] });
    await nodeRedis.connect();
    const one = createRedisSegmentCache({ client: ioredis, timeoutMs: 5_000 });
    const other = createRedisSegmentCache({ client: nodeRedis, timeoutMs: 5_000 });
    await one.save('ada', ['vip']);
    expect(await other.lookup('ada')).toEqual(['vip']);
    await other.reset();
    expect(await one.lookup('ada')).toBeNull();
    ioredis.disconnect();
    nodeRedis.destroy();
    await close();
  });
});
