/** Every supported client and version against real servers: the same keys, the same answers, the right node. */
import { createRedisSegmentCache } from '@sortition/odp-redis';
import { createRedisProfileStore, type RedisProfileStore } from '@sortition/profile-redis';
import {
  canStartRedis,
  type RedisCluster,
  type RedisServer,
  startRedisCluster,
  startRedisServer,
  startWatchedRedis,
} from '@sortition/rig';
import { createClientPool, createSentinel } from 'redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROFILE_RULE, SEGMENT_RULE } from '../src/accounts.ts';
import { CLIENT_VERSIONS, type ConnectedVersion } from '../src/client-versions.ts';
import { keysOf } from '../src/keys.ts';

const TIMEOUT_MS = 5_000;
const userIds = Array.from({ length: 60 }, (_, index) => `user-${index}`);

async function assignAll(store: RedisProfileStore, variationId: string): Promise<unknown[]> {
  return Promise.all(userIds.map((userId) => store.assign?.(userId, { e1: { variationId } })));
}

const connected: ConnectedVersion[] = [];
const stores: { close?(): unknown }[] = [];

function storeOver({ client }: ConnectedVersion): RedisProfileStore {
  const store = createRedisProfileStore({ client, timeoutMs: TIMEOUT_MS });
  stores.push(store);
  return store;
}

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close?.();
  for (const { disconnect } of connected.splice(0)) await disconnect();
});

async function keep(connecting: Promise<ConnectedVersion>): Promise<ConnectedVersion> {
  const made = await connecting;
  connected.push(made);
  return made;
}

describe.skipIf(!canStartRedis())('on one server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.close());
  beforeEach(() => server.command('FLUSHALL'));

  it.each(CLIENT_VERSIONS)(
    '[RED-13] [RED-16] $name: the key prefix of the client comes first, for an account that may do nothing else',
    async ({ name, connect, hasKeyPrefix }) => {
      const keyPrefix = hasKeyPrefix ? 'shop:' : '';
      const keys = `${keyPrefix}sortition:*`;
      await server.command(
        'ACL',
        'SETUSER',
        name.replace(/\W/g, '-'),
        'reset',
        'on',
        '>pw',
        `~${keys}`,
        ...PROFILE_RULE,
        ...SEGMENT_RULE,
      );
      const account = { username: name.replace(/\W/g, '-'), password: 'pw' };
      const made = await keep(connect(server.port, { ...account, ...(hasKeyPrefix && { keyPrefix }) }));
      const [one, other] = [storeOver(made), storeOver(made)];
      const problems: unknown[] = [];
      one.attach?.({ problem: (problem) => problems.push(problem) });
      expect(await one.assign?.('ada', { e1: { variationId: 'v1' } })).toEqual({ e1: 'v1' });
      expect(await other.assign?.('ada', { e1: { variationId: 'v2' }, e2: { variationId: 'v2' } })).toEqual({
        e1: 'v1',
        e2: 'v2',
      });
      expect((await one.lookup?.('ada'))?.experiment_bucket_map).toEqual({
        e1: { variation_id: 'v1' },
        e2: { variation_id: 'v2' },
      });
      const cache = createRedisSegmentCache({ client: made.client, timeoutMs: TIMEOUT_MS });
      stores.push(cache);
      await cache.reset();
      await cache.save('ada', ['vip']);
      expect(await cache.lookup('ada')).toEqual(['vip']);
      expect(await keysOf(server)).toEqual([
        `${keyPrefix}sortition:odp:generation`,
        `${keyPrefix}sortition:odp:user:ada`,
        `${keyPrefix}sortition:profile:ada`,
      ]);
      await one.remove?.('ada');
      expect(await one.lookup?.('ada')).toBeNull();
      expect(problems).toEqual([]);
      expect(one.stats()).toMatchObject({ state: 'up', waitingUsers: 0 });
    },
  );

  it.each(CLIENT_VERSIONS.filter(({ hasKeyPrefix }) => hasKeyPrefix))(
    '[RED-13] $name: a profile under the key without the prefix is read once from there, and erased there too',
    async ({ connect }) => {
      const made = await keep(connect(server.port, { keyPrefix: 'shop:' }));
      const store = storeOver(made);
      await server.command('HSET', 'sortition:profile:ada', 'e1', 'v1');
      await server.command('CONFIG', 'RESETSTAT');
      for (let round = 0; round < 3; round += 1) {
        expect((await store.lookup?.('ada'))?.experiment_bucket_map).toEqual({ e1: { variation_id: 'v1' } });
      }
      expect(await server.command('HGET', 'shop:sortition:profile:ada', 'e1')).toContain('v1');
      expect(await server.command('INFO', 'commandstats')).toMatch(/cmdstat_hgetall:calls=4,/);
      await store.remove?.('ada');
      expect(await store.lookup?.('ada')).toBeNull();
      expect(await keysOf(server)).toEqual([]);
    },
  );

  it.each(CLIENT_VERSIONS.filter(({ family }) => family === 'ioredis'))(
    '[RED-14] $name with enableAutoPipelining stores every user',
    async ({ connect }) => {
      const store = storeOver(await keep(connect(server.port, { enableAutoPipelining: true, keyPrefix: 'shop:' })));
      expect(await assignAll(store, 'v1')).toEqual(userIds.map(() => ({ e1: 'v1' })));
      expect(await assignAll(store, 'v2')).toEqual(userIds.map(() => ({ e1: 'v1' })));
      expect(await keysOf(server)).toHaveLength(userIds.length);
      expect(store.stats()).toMatchObject({ state: 'up', waitingUsers: 0 });
    },
  );

  it.each(CLIENT_VERSIONS)(
    '[RED-18] $name: commands wait while the application is inside a MULTI of its own, and stay out of it',
    async ({ connect }) => {
      const made = await keep(connect(server.port));
      const store = storeOver(made);
      await store.assign?.('ada', { e1: { variationId: 'v1' } });
      await made.send('MULTI');
      const [lookup, assigned] = [store.lookup?.('ada'), store.assign?.('bob', { e1: { variationId: 'v1' } })];
      await made.send('SET', 'counter', '1');
      expect(await made.send('EXEC')).toEqual(['OK']);
      expect((await lookup)?.user_id).toBe('ada');
      expect(await assigned).toEqual({ e1: 'v1' });
      expect(store.stats()).toMatchObject({ state: 'up', waitingUsers: 0 });
    },
  );
});

describe.skipIf(!canStartRedis())('a pool and a sentinel of node-redis', () => {
  it('[RED-13] a pool puts its key prefix before every key', async () => {
    const server = await startRedisServer();
    const pool = createClientPool({ url: server.url, keyPrefix: 'shop:' });
    await pool.connect();
    const store = createRedisProfileStore({ client: pool, timeoutMs: TIMEOUT_MS });
    expect(await store.assign?.('ada', { e1: { variationId: 'v1' } })).toEqual({ e1: 'v1' });
    expect(await store.lookup?.('ada')).toMatchObject({ user_id: 'ada' });
    expect(await keysOf(server)).toEqual(['shop:sortition:profile:ada']);
    store.close?.();
    pool.destroy();
    await server.close();
  });

  it('[RED-13] a sentinel puts its key prefix before every key', async () => {
    const { name, sentinel, master, close } = await startWatchedRedis();
    const client = createSentinel({
      name,
      sentinelRootNodes: [{ host: '127.0.0.1', port: sentinel.port }],
      keyPrefix: 'shop:',
    });
    client.on('error', () => undefined);
    await client.connect();
    const store = createRedisProfileStore({ client, timeoutMs: TIMEOUT_MS });
    expect(await store.assign?.('ada', { e1: { variationId: 'v1' } })).toEqual({ e1: 'v1' });
    expect(await keysOf(master)).toEqual(['shop:sortition:profile:ada']);
    store.close?.();
    client.destroy();
    await close();
  });
});

describe.skipIf(!canStartRedis())('on a cluster of three nodes', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 40_000);
  afterAll(() => cluster?.close());
  beforeEach(() => Promise.all(cluster.masters.map((node) => node.command('FLUSHALL'))));

  const ports = (): number[] => cluster.masters.map(({ port }) => port);
  const variants = CLIENT_VERSIONS.flatMap((version) =>
    (version.family === 'ioredis' ? [false, true] : [false]).map((enableAutoPipelining) => ({
      ...version,
      enableAutoPipelining,
      title: enableAutoPipelining ? `${version.name} with enableAutoPipelining` : version.name,
    })),
  );

  it.each(variants)('[RED-14] $title stores every user, and asks the right node at once', async (variant) => {
    const { connectCluster, hasKeyPrefix, enableAutoPipelining } = variant;
    const options = { ...(hasKeyPrefix && { keyPrefix: 'shop:' }), enableAutoPipelining };
    const made = await keep(connectCluster(ports(), options));
    const store = storeOver(made);
    await Promise.all(userIds.map((userId) => store.lookup?.(userId)));
    await Promise.all(cluster.masters.map((node) => node.command('CONFIG', 'RESETSTAT')));
    expect(await assignAll(store, 'v1')).toEqual(userIds.map(() => ({ e1: 'v1' })));
    expect(await assignAll(store, 'v2')).toEqual(userIds.map(() => ({ e1: 'v1' })));
    for (const userId of userIds) expect(await store.lookup?.(userId)).toMatchObject({ user_id: userId });
    const keys = (await Promise.all(cluster.masters.map(keysOf))).flat();
    expect(keys.sort()).toEqual(
      userIds.map((userId) => `${hasKeyPrefix ? 'shop:' : ''}sortition:profile:${userId}`).sort(),
    );
    expect(store.stats()).toMatchObject({ state: 'up', waitingUsers: 0, timeouts: 0 });
    const moved = await Promise.all(
      cluster.masters.map(async (node) =>
        Number(/errorstat_MOVED:count=(\d+)/.exec(await node.command('INFO', 'errorstats'))?.[1] ?? 0),
      ),
    );
    expect(moved).toEqual([0, 0, 0]);
  });
});
