import type { UserProfileStore } from '@sortition/core';
import { createRedisProfileStore, type RedisClient } from '@sortition/profile-redis';
import { canStartRedis, type RedisCluster, type RedisServer, startRedisCluster } from '@sortition/rig';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

  it.each(CLUSTER_CLIENT_NAMES)('%s: survives slots that move and a master that hands over', async (name) => {
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
  });

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
  );
});

describe.skipIf(!canStartRedis())('[RED-08] a Redis Cluster without replicas', () => {
  let cluster: RedisCluster;
  beforeEach(async () => {
    cluster = await startRedisCluster();
  }, 40_000);
  afterEach(() => cluster?.close());

  const connect = (name: (typeof CLUSTER_CLIENT_NAMES)[number]): Promise<ConnectedClient> =>
    connectCluster(
      name,
      cluster.masters.map(({ port }) => port),
    );

  it.each(CLUSTER_CLIENT_NAMES)(
    '%s: a slot on its way to another node (ASK) is read and written where it is, and after it has moved (MOVED)',
    async (name) => {
      const { client, disconnect } = await connect(name);
      const store = createRedisProfileStore({ client, timeoutMs: 5_000 });
      await store.assign?.('ada', { e1: { variationId: 'v1' } });
      const [one] = cluster.masters as [RedisServer, ...RedisServer[]];
      const slot = readReply(await one.command('CLUSTER', 'KEYSLOT', 'sortition:profile:ada'));
      const owner = await findAsync(cluster.masters, async (node) =>
        (await node.command('CLUSTER', 'COUNTKEYSINSLOT', slot)).includes('1'),
      );
      const target = cluster.masters.find((node) => node !== owner) as RedisServer;
      const [ownerId, targetId] = await Promise.all(
        [owner, target].map(async (node) => readReply(await node.command('CLUSTER', 'MYID'))),
      );
      await target.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ownerId ?? '');
      await owner.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId ?? '');
      const key = 'sortition:profile:ada';
      await owner.command('MIGRATE', '127.0.0.1', String(target.port), key, '0', '2000');
      expect(await owner.command('HGETALL', key)).toMatch(/^-ASK/);
      expect((await store.lookup?.('ada'))?.experiment_bucket_map).toEqual({ e1: { variation_id: 'v1' } });
      expect(await store.assign?.('ada', { e1: { variationId: 'v2' }, e2: { variationId: 'v2' } })).toEqual({
        e1: 'v1',
        e2: 'v2',
      });
      for (const node of [target, owner, ...cluster.masters]) {
        await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', targetId ?? '');
      }
      expect(await owner.command('HGETALL', key)).toMatch(/^-MOVED/);
      expect(Object.keys((await store.lookup?.('ada'))?.experiment_bucket_map ?? {})).toEqual(['e1', 'e2']);
      expect(store.stats()).toMatchObject({ state: 'up', waitingUsers: 0, timeouts: 0 });
      await store.close?.();
      await disconnect();
    },
  );

  it.each(CLUSTER_CLIENT_NAMES)(
    '%s: CLUSTERDOWN costs stickiness and nothing else, and what was assigned is stored when the cluster is whole again',
    async (name) => {
      const { client, disconnect } = await connect(name);
      const store = createRedisProfileStore({ client });
      await store.assign?.('warm-up', { e1: { variationId: 'v1' } });
      const [, , lost] = cluster.masters as [RedisServer, RedisServer, RedisServer];
      await lost.command('SAVE');
      await lost.kill();
      const left = cluster.masters.slice(0, 2);
      await until(async () =>
        (await Promise.all(left.map((node) => node.command('CLUSTER', 'INFO')))).every((info) =>
          info.includes('cluster_state:fail'),
        ),
      );
      const userIds = Array.from({ length: 30 }, (_, index) => `user-${index}`);
      for (const userId of userIds) {
        expect(await store.assign?.(userId, { e1: { variationId: 'v1' } })).toEqual({ e1: 'v1' });
      }
      expect(store.stats().waitingUsers).toBeGreaterThan(0);
      await lost.restart();
      await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
      for (const userId of userIds) {
        await until(() => isStored(store, userId));
      }
      expect(store.stats().droppedAssignments).toBe(0);
      await store.close?.();
      await disconnect();
    },
  );
});

/** The text of a reply of one value, without its type and length. */
function readReply(reply: string): string {
  return reply.replace(/^(\$\d+\r\n|[:+])/, '').trim();
}

async function findAsync<T>(list: readonly T[], holds: (item: T) => Promise<boolean>): Promise<T> {
  for (const item of list) if (await holds(item)) return item;
  throw new Error('None of them is it.');
}
