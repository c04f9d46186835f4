import { readdirSync, readFileSync } from 'node:fs';
import { canStartRedis, type RedisServer, startRedisServer } from '@sortition/rig';
import { Redis } from 'ioredis';
import { createClient, createClientPool } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRedisSegmentCache } from '../src/index.ts';

describe.skipIf(!canStartRedis())('on a real server', () => {
  let server: RedisServer;
  let client: Redis;
  const nodeRedis = { client: undefined as never, pool: undefined as never } as {
    client: ReturnType<typeof createClient>;
    pool: ReturnType<typeof createClientPool>;
  };

  beforeAll(async () => {
    server = await startRedisServer();
    client = new Redis(server.port, '127.0.0.1', { enableOfflineQueue: false, lazyConnect: true });
    client.on('error', () => undefined);
    await client.connect();
    nodeRedis.client = createClient({ url: server.url });
    nodeRedis.client.on('error', () => undefined);
    await nodeRedis.client.connect();
    nodeRedis.pool = createClientPool({ url: server.url });
    await nodeRedis.pool.connect();
  });
  afterAll(async () => {
    client.disconnect();
    nodeRedis.client.destroy();
    nodeRedis.pool.destroy();
    await server.close();
  });
  beforeEach(() => server.command('FLUSHALL'));

  const clients = {
    ioredis: () => createRedisSegmentCache({ client }),
    'node-redis': () => createRedisSegmentCache({ client: nodeRedis.client }),
    'a node-redis pool': () => createRedisSegmentCache({ client: nodeRedis.pool }),
    'a commander': () =>
      createRedisSegmentCache({ client: { command: (_, [name = '', ...args]) => client.call(name, args) } }),
  };

  test.each(Object.entries(clients))('segments are remembered, replaced and forgotten, with %s', async (_, create) => {
    const cache = create();
    expect(await cache.lookup('ada')).toBeNull();
    await cache.save('ada', ['vip', 'new']);
    expect(await cache.lookup('ada')).toEqual(['vip', 'new']);
    await cache.save('ada', []);
    expect(await cache.lookup('ada')).toEqual([]);
    expect(await cache.lookup('bob')).toBeNull();
    await cache.reset();
    expect(await cache.lookup('ada')).toBeNull();
    await cache.save('ada', ['vip']);
    expect(await cache.lookup('ada')).toEqual(['vip']);
  });

  test('servers share what one of them saved, and a reset by one is a reset for all', async () => {
    const [one, other] = [clients.ioredis(), clients['node-redis']()];
    await one.save('ada', ['vip']);
    expect(await other.lookup('ada')).toEqual(['vip']);
    await other.reset();
    expect(await one.lookup('ada')).toBeNull();
  });

  test('[ODP-07] what was being fetched during a reset by another server is not remembered', async () => {
    const [one, other] = [clients.ioredis(), clients.ioredis()];
    expect(await one.lookup('ada')).toBeNull();
    await other.reset();
    await one.save('ada', ['vip']);
    expect(await one.lookup('ada')).toBeNull();
    await one.save('ada', ['vip']);
    expect(await one.lookup('ada')).toEqual(['vip']);
  });

  test('[ODP-07] what is saved in the moment before a reset is not remembered', async () => {
    const cache = clients.ioredis();
    await Promise.all([cache.save('ada', ['vip']), cache.reset()]);
    expect(await cache.lookup('ada')).toBeNull();
  });

  test('entries expire', async () => {
    const cache = createRedisSegmentCache({ client, ttlSeconds: 7 });
    await cache.save('ada', ['vip']);
    const [key = ''] = await client.keys('sortition:odp:user:*');
    expect(await client.ttl(key)).toBeGreaterThan(5);
    expect(await client.ttl(key)).toBeLessThanOrEqual(7);
  });

  test('[RED-09] caches with other prefixes, profiles and other applications are left alone by a reset', async () => {
    const one = createRedisSegmentCache({ client, prefix: 'a:' });
    const other = createRedisSegmentCache({ client, prefix: 'b:' });
    await client.hset('sortition:profile:ada', 'experiment', 'variation');
    await client.set('a-key-of-another-application', '1');
    await client.set('a:of-another-application', '1');
    await one.save('ada', ['vip']);
    await other.save('ada', ['new']);
    const before = (await client.keys('*')).length;
    await one.reset();
    expect(await one.lookup('ada')).toBeNull();
    expect(await other.lookup('ada')).toEqual(['new']);
    expect(await client.hget('sortition:profile:ada', 'experiment')).toBe('variation');
    expect(await client.keys('*')).toHaveLength(before + 1);
  });

  test('[RED-09] [SEC-04] keys of any text stay within the prefix, apart from each other and printable', async () => {
    const cache = clients.ioredis();
    const keys = [
      '',
      ' ',
      '*',
      '../x',
      'a\r\nFLUSHALL',
      '{slot}',
      'generation',
      'ü🚀',
      'x'.repeat(1_000),
      `${'x'.repeat(999)}y`,
      '__proto__',
    ];
    for (const key of keys) await cache.save(key, [key]);
    for (const key of keys) expect(await cache.lookup(key)).toEqual([key]);
    await cache.reset();
    const stored = await client.keys('*');
    expect(stored).toHaveLength(keys.length + 1);
    for (const key of stored) expect(key).toMatch(/^sortition:odp:(generation|user:[\w%!'()*.~-]*|hash:[0-9a-f]{64})$/);
  });

  test.each([
    ['no JSON', 'garbage'],
    ['null', 'null'],
    ['another shape', '{"segments":"vip"}'],
    ['a list of numbers', '{"generation":"","segments":[1]}'],
    ['a prototype key', '{"__proto__":{"segments":["vip"]}}'],
  ])('[RED-10] an entry that holds %s is not there, and is replaced', async (_, value) => {
    const cache = clients.ioredis();
    await client.set('sortition:odp:user:ada', value);
    expect(await cache.lookup('ada')).toBeNull();
    await cache.save('ada', ['vip']);
    expect(await cache.lookup('ada')).toEqual(['vip']);
  });

  test('[RED-05] a key of another type is an error with a code, and other users are not touched', async () => {
    const cache = clients.ioredis();
    await client.hset('sortition:odp:user:ada', 'field', 'value');
    await expect(cache.lookup('ada')).rejects.toMatchObject({ code: 'store-failed' });
    await cache.save('bob', ['vip']);
    expect(await cache.lookup('bob')).toEqual(['vip']);
  });

  test('[RED-03] a frozen server is given up after the timeout, and used again when it answers', async () => {
    const cache = createRedisSegmentCache({ client, timeoutMs: 50 });
    server.freeze();
    const start = performance.now();
    await expect(cache.lookup('ada')).rejects.toMatchObject({ code: 'timeout' });
    await expect(cache.save('ada', ['vip'])).rejects.toMatchObject({ code: 'timeout' });
    await expect(cache.reset()).rejects.toMatchObject({ code: 'timeout' });
    expect(performance.now() - start).toBeLessThan(2_000);
    server.thaw();
    await expect
      .poll(() =>
        Promise.resolve(cache.lookup('ada')).then(
          () => 'answers',
          () => 'fails',
        ),
      )
      .toBe('answers');
  });

  test('[RED-04] a server that lost everything is an empty cache, and no old entry comes back to life', async () => {
    const cache = clients.ioredis();
    await cache.reset();
    await cache.save('ada', ['vip']);
    await client.del('sortition:odp:generation');
    expect(await cache.lookup('ada')).toBeNull();
    await cache.reset();
    expect(await cache.lookup('ada')).toBeNull();
  });
});

test('[RED-09] the source sends no command but GET and SET, and never one that looks through or empties a database', () => {
  const folder = new URL('../src/', import.meta.url);
  const source = readdirSync(folder)
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');
  expect(source).not.toMatch(/flush|["'`](scan|keys|del|unlink|eval)\w*["'`]/i);
  expect([...source.matchAll(/\['([A-Z]+)',/g)].map(([, name]) => name)).toEqual(['GET', 'GET', 'GET', 'SET', 'SET']);
});

test.each([
  {},
  { client: null },
  { client: {} },
  { client: { call: 'no' } },
  { prefix: '' },
  { prefix: 7 },
  { ttlSeconds: 0 },
  { ttlSeconds: 1.5 },
  { ttlSeconds: Number.NaN },
  { timeoutMs: 0 },
  { timeoutMs: Number.NaN },
])('an option without a meaning is refused: %j', (options) => {
  const client = { command: async () => null };
  const given = Object.keys(options).length === 0 ? {} : { client, ...options };
  expect(() => createRedisSegmentCache(given as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});

test('[RED-19] a Redis that hangs costs some fetches their timeout and not all of them, and is used when it answers', async () => {
  let hangs = true;
  const held: ((reply: null) => void)[] = [];
  const command = vi.fn(async () => (hangs ? new Promise<null>((resolve) => held.push(resolve)) : null));
  const cache = createRedisSegmentCache({ client: { command }, timeoutMs: 20 });
  const lookUp = (): Promise<string> =>
    Promise.resolve(cache.lookup('ada')).then(
      () => 'answered',
      ({ code }: { code: string }) => code,
    );
  // Two commands each.
  for (let index = 0; index < 3; index += 1) expect(await lookUp()).toBe('timeout');
  expect(cache.stats().state).toBe('down');
  command.mockClear();
  expect(await Promise.all(Array.from({ length: 100 }, lookUp))).toEqual(
    Array.from({ length: 100 }, () => 'store-failed'),
  );
  expect(command.mock.calls.length).toBeLessThan(5);
  hangs = false;
  for (const answer of held) answer(null);
  await expect.poll(lookUp, { timeout: 20_000 }).toBe('answered');
  cache.close();
});
