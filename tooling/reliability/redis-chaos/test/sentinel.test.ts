import type { UserProfileStore } from '@sortition/core';
import { createRedisProfileStore, type RedisClient } from '@sortition/profile-redis';
import { canStartRedis, startWatchedRedis } from '@sortition/rig';
import { Redis } from 'ioredis';
import { createSentinel } from 'redis';
import { describe, expect, it } from 'vitest';
import { until } from '../src/scene.ts';

interface Connected {
  readonly client: RedisClient;
  disconnect(): void;
}

const CLIENTS: Record<string, (name: string, sentinelPort: number) => Promise<Connected>> = {
  async ioredis(name, port) {
    const client = new Redis({ name, sentinels: [{ host: '127.0.0.1', port }], sentinelRetryStrategy: () => 200 });
    client.on('error', () => undefined);
    return { client, disconnect: () => client.disconnect() };
  },
  async 'node-redis'(name, port) {
    const client = createSentinel({ name, sentinelRootNodes: [{ host: '127.0.0.1', port }], scanInterval: 200 });
    client.on('error', () => undefined);
    await client.connect();
    return { client, disconnect: () => void client.destroy() };
  },
};

/** `undefined` also while the clients find their way to the new master. */
async function variationOf(store: UserProfileStore, userId: string): Promise<string | undefined> {
  try {
    return (await store.lookup?.(userId))?.experiment_bucket_map.e1?.variation_id;
  } catch {
    return undefined;
  }
}

describe.skipIf(!canStartRedis())('[RED-08] a master that a sentinel watches', () => {
  it.each(Object.keys(CLIENTS))(
    '%s: is killed: nothing throws, and what was assigned meanwhile is on the replica that takes over',
    async (clientName) => {
      const watched = await startWatchedRedis();
      const { name, sentinel, master, replica } = watched;
      const connected = await CLIENTS[clientName]?.(name, sentinel.port);
      if (!connected) throw new Error('no such client');
      const store = createRedisProfileStore({ client: connected.client });
      try {
        await store.assign?.('before', { e1: { variationId: 'v1' } });
        await until(async () => (await replica.command('EXISTS', 'sortition:profile:before')).includes('1'));
        await master.kill();
        const userIds = Array.from({ length: 40 }, (_, index) => `user-${index}`);
        for (const userId of userIds) {
          expect(await store.assign?.(userId, { e1: { variationId: 'v1' } })).toEqual({ e1: 'v1' });
        }
        expect(store.stats().waitingUsers).toBeGreaterThan(0);
        // The sentinel cuts the connections of the replica that it promotes, also the one that asks for its role.
        await until(async () => (await replica.command('ROLE').catch(() => '')).includes('master'));
        await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
        for (const userId of ['before', ...userIds]) {
          await until(async () => (await variationOf(store, userId)) === 'v1');
        }
        expect(store.stats().droppedAssignments).toBe(0);
      } finally {
        await store.close?.();
        connected.disconnect();
        await watched.close();
      }
    },
  );
});
