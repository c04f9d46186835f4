/** Accounts and proxies that allow little: what is refused is said by name, and what is left is used. */
import { createRedisSegmentCache } from '@sortition/odp-redis';
import { createRedisProfileStore, type RedisProfileStoreOptions } from '@sortition/profile-redis';
import { canStartRedis, type RedisServer, startRedisServer } from '@sortition/rig';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JSON_PROFILE_RULE, PROFILE_RULE, PROFILE_RULE_WITHOUT_SCRIPTS, SEGMENT_RULE } from '../src/accounts.ts';
import { type RefusingProxy, startRefusingProxy } from '../src/refusing-proxy.ts';
import { until } from '../src/scene.ts';

const CLIENTS = ['ioredis', 'node-redis'] as const;
const PHRASES = [
  "ERR unsupported command 'EVALSHA'",
  'ERR Proxy fail to parse command',
  "ERR 'evalsha' command is not allowed",
  'ERR operation not permitted',
  "NOPERM this user has no permissions to run the 'evalsha' command",
  'ERR unknown command `evalsha`, with args beginning with: `abc`, `1`, `sortition:profile:user-0`,',
  'handle request, command EVALSHA is not allowed',
];

let server: RedisServer;
const endings: (() => unknown)[] = [];

async function connect(
  name: (typeof CLIENTS)[number],
  port: number,
  account?: string,
): Promise<RedisProfileStoreOptions['client']> {
  const credentials = account === undefined ? {} : { username: account, password: 'pw' };
  if (name === 'ioredis') {
    const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50, ...credentials });
    client.on('error', () => undefined);
    endings.push(() => client.disconnect());
    return client;
  }
  const client = createClient({ socket: { port, host: '127.0.0.1', reconnectStrategy: () => 50 }, ...credentials });
  client.on('error', () => undefined);
  await client.connect();
  endings.push(() => client.destroy());
  return client;
}

function storeOver(client: RedisProfileStoreOptions['client'], options: Partial<RedisProfileStoreOptions> = {}) {
  const store = createRedisProfileStore({ client, timeoutMs: 5_000, ...options });
  const problems: { code: string; message: string }[] = [];
  store.attach?.({ problem: (problem) => void problems.push(problem) });
  endings.push(() => store.close?.());
  return { store, problems };
}

const account = (name: string, ...rules: readonly string[]): Promise<string> =>
  server.command('ACL', 'SETUSER', name, 'reset', 'on', '>pw', '~sortition:*', ...rules);

describe.skipIf(!canStartRedis())('a server that refuses', () => {
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.close());
  beforeEach(() => server.command('FLUSHALL'));
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  describe.each(CLIENTS)('over %s', (name) => {
    it.each(PHRASES)('[RED-17] scripts, saying "%s": plain commands store every user', async (phrase) => {
      const proxy: RefusingProxy = await startRefusingProxy(server.port, (command) =>
        command.startsWith('EVAL') ? phrase : null,
      );
      endings.push(() => proxy.close());
      const { store, problems } = storeOver(await connect(name, proxy.port));
      const users = Array.from({ length: 8 }, (_, index) => `user-${index}`);
      await Promise.all(users.map((user) => store.assign?.(user, { e1: { variationId: 'v1' } })));
      for (const user of users) expect(await store.assign?.(user, { e1: { variationId: 'v2' } })).toEqual({ e1: 'v1' });
      expect(await server.command('DBSIZE')).toBe(':8\r\n');
      expect(store.stats()).toMatchObject({ state: 'up', waitingUsers: 0 });
      expect(problems.map(({ code }) => code)).toEqual(['redis-command-refused']);
      expect(problems[0]?.message).toContain(phrase.split(',')[0]?.replace(/^ERR /, ''));
      expect(problems[0]?.message).not.toContain('user-0');
    });

    it('[RED-16] everything but what the guide asks for: the hash layout works with and without scripts', async () => {
      await account('scripts', ...PROFILE_RULE);
      await account('plain', ...PROFILE_RULE_WITHOUT_SCRIPTS);
      for (const user of ['scripts', 'plain']) {
        const { store } = storeOver(await connect(name, server.port, user));
        expect(await store.assign?.(user, { e1: { variationId: 'v1' }, e2: { variationId: 'v2' } })).toEqual({
          e1: 'v1',
          e2: 'v2',
        });
        expect(await store.assign?.(user, { e1: { variationId: 'v3', replaces: 'v1' } })).toEqual({ e1: 'v3' });
        expect((await store.lookup?.(user))?.experiment_bucket_map.e1).toEqual({ variation_id: 'v3' });
        expect(Number((await server.command('TTL', `sortition:profile:${user}`)).slice(1))).toBeGreaterThan(0);
        await store.remove?.(user);
        expect(await store.lookup?.(user)).toBeNull();
        expect(store.stats()).toMatchObject({ state: 'up', waitingUsers: 0 });
      }
    });

    it('[RED-16] everything but what the guide asks for: the JSON layout and the segment cache work', async () => {
      await account('json', ...JSON_PROFILE_RULE);
      await account('segments', ...SEGMENT_RULE);
      const { store, problems } = storeOver(await connect(name, server.port, 'json'), { layout: 'json' });
      await store.assign?.('ada', { e1: { variationId: 'v1' } });
      expect(await store.assign?.('ada', { e1: { variationId: 'v2' }, e2: { variationId: 'v2' } })).toEqual({
        e1: 'v1',
        e2: 'v2',
      });
      await store.remove?.('ada');
      expect(await store.lookup?.('ada')).toBeNull();
      expect(problems).toEqual([]);
      const cache = createRedisSegmentCache({ client: await connect(name, server.port, 'segments'), timeoutMs: 5_000 });
      endings.push(() => cache.close());
      await cache.reset();
      await cache.save('ada', ['vip']);
      expect(await cache.lookup('ada')).toEqual(['vip']);
    });

    it('[RED-16] everything but what the guide asks for: a connection that is dropped is back in use soon', async () => {
      await account('scripts', ...PROFILE_RULE);
      await account('segments', ...SEGMENT_RULE);
      const { store } = storeOver(await connect(name, server.port, 'scripts'));
      const cache = createRedisSegmentCache({ client: await connect(name, server.port, 'segments'), timeoutMs: 5_000 });
      endings.push(() => cache.close());
      await store.assign?.('ada', { e1: { variationId: 'v1' } });
      await cache.save('ada', ['vip']);
      await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
      // Each may be back before the other is seen to be down, so that what they answer tells, not their states on the way.
      const stored = async () => (await store.lookup?.('ada'))?.experiment_bucket_map?.e1?.variation_id;
      const segments = async () => (await cache.lookup('ada'))?.[0];
      await until(async () => (await stored().catch(() => null)) === 'v1');
      await until(async () => (await segments().catch(() => null)) === 'vip');
      expect([store.stats().state, cache.stats().state]).toEqual(['up', 'up']);
    });

    it('[RED-16] scripts and EXPIRE: assignments are stored without expiry, said by name, and nothing waits', async () => {
      await account('no-expiry', '+hgetall', '+hsetnx', '+hget', '+hset');
      const { store, problems } = storeOver(await connect(name, server.port, 'no-expiry'));
      for (let index = 0; index < 20; index += 1) await store.assign?.(`user-${index}`, { e1: { variationId: 'v1' } });
      expect(await server.command('DBSIZE')).toBe(':20\r\n');
      expect(store.stats()).toMatchObject({ state: 'up', waitingUsers: 0 });
      expect(problems.map(({ message }) => message)).toEqual([
        expect.stringMatching(/EXPIRE: NOPERM.*without expiry/),
        expect.stringMatching(/EVAL: NOPERM/),
      ]);
    });

    it('[RED-16] every write: said by name, writes wait without a storm of commands, and reads go on', async () => {
      await account('reader', '+hgetall');
      await server.command('HSET', 'sortition:profile:ada', 'e1', 'v1');
      const { store, problems } = storeOver(await connect(name, server.port, 'reader'));
      for (let index = 0; index < 50; index += 1) await store.assign?.(`user-${index}`, { e1: { variationId: 'v1' } });
      expect(store.stats()).toMatchObject({ state: 'reads-only', waitingUsers: 50 });
      expect(problems.find(({ code }) => code === 'redis-not-writing')?.message).toMatch(/HSETNX: NOPERM/);
      expect((await store.lookup?.('ada'))?.experiment_bucket_map).toEqual({ e1: { variation_id: 'v1' } });
      const calls = async (): Promise<number> =>
        Number(/total_commands_processed:(\d+)/.exec(await server.command('INFO', 'stats'))?.[1]);
      const before = await calls();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect((await calls()) - before).toBeLessThan(50);
    });

    it('[RED-16] reads: the problem names the command', async () => {
      await account('writer', '+evalsha', '+eval');
      const { store, problems } = storeOver(await connect(name, server.port, 'writer'));
      for (let index = 0; index < 6; index += 1) {
        await expect(store.lookup?.('ada')).rejects.toMatchObject({ code: 'store-failed' });
      }
      expect(problems.find(({ code }) => code === 'redis-unavailable')?.message).toMatch(/HGETALL: NOPERM/);
    });
  });
});
