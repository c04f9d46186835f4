import type { UserProfileStore } from '@sortition/core';
import { createRedisProfileStore, type RedisClient } from '@sortition/profile-redis';
import { canStartRedis, type RedisCluster, startRedisCluster } from '@sortition/rig';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_CLIENT_NAMES, type ConnectedClient, connectCluster } from '../src/clients.ts';
import { until } from '../src/scene.ts';

async function isStored(store: UserProfileStore, userId: string): Promise<boolean> {
  try {
    return (await store.lookup?.(userId)) !== null;
  } catch {
    return false; // a failover takes a moment
  }
}

describe.skipIf(!canStartRedis())('[RED-08] a Redis Cluster', () => {
  let cluster: RedisCluster;
  const connected: ConnectedClient[] = [];
  const connect = async (name: (typeof CLUSTER_CLIENT_NAMES)[number]): Promise<RedisClient> => {
    const made = await connectCluster(
      name,
      cluster.masters.map(({ port }) => port),
    );
    connected.push(made);
    return made.client;
  };
  beforeAll(async () => {
    cluster = await startRedisCluster({ replicas: 1 });
  }, 40_000);
  afterAll(async () => {
    for (const { disconnect } of connected) await disconnect();
    await cluster?.close();
  });

  it.each(CLUSTER_CLIENT_NAMES)('%s: keeps the profiles of many users on all nodes', async (name) => {
    const store = createRedisProfileStore({ client: await connect(name), timeoutMs: 5_000, prefix: `${name}:` });
    const userIds = Array.from({ length: 60 }, (_, index) => `user-${index}`);
    await Promise.all(userIds.map((userId) => store.assign?.(userId, { e1: { variationId: 'v1' } })));
    for (const userId of userIds) expect(await store.lookup?.(userId)).toMatchObject({ user_id: userId });
    const sizes = await Promise.all(cluster.masters.map((master) => master.command('DBSIZE')));
    expect(sizes.every((size) => Number(size.slice(1)) > 0)).toBe(true);
  });

  it.each(CLUSTER_CLIENT_NAMES)(
    '%s: survives slots that move and a master that hands over',
    async (name) => {
      const store = createRedisProfileStore({
        client: await connect(name),
        timeoutMs: 5_000,
        prefix: `moving-${name}:`,
      });
      const userIds = Array.from({ length: 60 }, (_, index) => `user-${index}`);
      await Promise.all(userIds.map((userId) => store.assign?.(userId, { e1: { variationId: 'v1' } })));
      const replica = cluster.replicas[0];
      const role = await replica?.command('ROLE');
      const promoted = role?.includes('slave') ? replica : cluster.masters[0];
      // One that has only just become a replica is not ready to take over: it is asked again.
      await until(async () => {
        await promoted?.command('CLUSTER', 'FAILOVER');
        await new Promise((resolve) => setTimeout(resolve, 500));
        return (await promoted?.command('ROLE'))?.includes('master') ?? false;
      });
      for (const userId of userIds) {
        await until(() => isStored(store, userId));
      }
      await until(async () => {
        await Promise.all(userIds.map((userId) => store.assign?.(userId, { e2: { variationId: 'v2' } })));
        return store.stats().waitingUsers === 0;
      });
      expect((await store.lookup?.('user-7'))?.experiment_bucket_map).toEqual({
        e1: { variation_id: 'v1' },
        e2: { variation_id: 'v2' },
      });
    },
    60_000,
  );

  it.each(CLUSTER_CLIENT_NAMES)(
    '%s: a master that is killed costs no error, and its replica takes over',
    async (name) => {
      const store = createRedisProfileStore({ client: await connect(name), prefix: `killed-${name}:` });
      const victim = CLUSTER_CLIENT_NAMES.indexOf(name) + 1;
      const [master, replica] = [cluster.masters[victim], cluster.replicas[victim]];
      await store.assign?.('warm-up', { e1: { variationId: 'v1' } });
      await master?.kill();
      const userIds = Array.from({ length: 60 }, (_, index) => `user-${index}`);
      const winners = await Promise.all(userIds.map((userId) => store.assign?.(userId, { e1: { variationId: 'v1' } })));
      expect(winners).toEqual(userIds.map(() => ({ e1: 'v1' })));
      await until(async () => (await replica?.command('ROLE'))?.includes('master') ?? false);
      await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
      for (const userId of userIds) {
        await until(() => isStored(store, userId));
      }
      await store.close?.();
    },
    60_000,
  );
});
