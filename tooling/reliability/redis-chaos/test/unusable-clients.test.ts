/** Real clients that answer `undefined`, and a real client that parses replies as JSON. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRedisSegmentCache } from '@sortition/odp-redis';
import { createRedisProfileStore } from '@sortition/profile-redis';
import { canStartRedis, type RedisServer, startRedisServer } from '@sortition/rig';
import { Redis as UpstashRedis } from '@upstash/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadClient } from '../src/client-versions.ts';

describe('[RED-15] a client that takes callbacks, or is a mock,', () => {
  const closed = { socket: { port: 1, host: '127.0.0.1' } };
  const clients: [name: string, create: () => unknown, hint: RegExp][] = [
    [
      'node-redis 4 in legacy mode',
      () => loadClient('redis-4-7-1').createClient({ ...closed, legacyMode: true }),
      /client\.v4/,
    ],
    [
      'node-redis 4.7.0 in legacy mode',
      () => loadClient('redis-4-7-0').createClient({ ...closed, legacyMode: true }),
      /client\.v4/,
    ],
    [
      'client.legacy() of node-redis 5.0',
      () => loadClient('redis-5-0-0').createClient(closed).legacy(),
      /the client itself/,
    ],
    [
      'client.legacy() of node-redis 5',
      () => loadClient('redis-5-12-1').createClient(closed).legacy(),
      /the client itself/,
    ],
    ['client.legacy() of node-redis 6', () => loadClient('redis').createClient(closed).legacy(), /the client itself/],
    ['ioredis-mock', () => new (loadClient('ioredis-mock'))({ lazyConnect: true }), /createMemoryProfileStore/],
    [
      'redis 3',
      () => {
        const client = loadClient('redis-3-1-2').createClient({ host: '127.0.0.1', port: 1 });
        client.on('error', () => undefined);
        client.end(true);
        return client;
      },
      /4\.7/,
    ],
  ];

  it.each(clients)('%s, is refused by both adapters with what to pass instead', (_, create, hint) => {
    const client = create() as never;
    for (const make of [createRedisProfileStore, createRedisSegmentCache]) {
      expect(() => make({ client })).toThrow(
        expect.objectContaining({ code: 'invalid-option', message: expect.stringMatching(hint) }),
      );
    }
  });

  it('is a failure and not an empty Redis where it is not known', async () => {
    const client = { command: () => undefined } as never;
    const store = createRedisProfileStore({ client });
    const problems: string[] = [];
    store.attach?.({ problem: ({ message }) => problems.push(message) });
    await expect(store.lookup?.('ada')).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('client.v4'),
    });
    for (let index = 0; index < 5; index += 1) await store.assign?.(`user-${index}`, { e1: { variationId: 'v1' } });
    expect(store.stats()).toMatchObject({ state: 'down', waitingUsers: 5 });
    expect(problems.join()).toContain('returned undefined');
    store.close?.();
    const cache = createRedisSegmentCache({ client });
    await expect(cache.lookup('ada')).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('client.v4'),
    });
    cache.close();
  });
});

describe.skipIf(!canStartRedis())('client.v4 of node-redis 4 in legacy mode', () => {
  it('[RED-15] is what the refusal says: a client that works', async () => {
    const server = await startRedisServer();
    const client = loadClient('redis-4-7-1').createClient({ url: server.url, legacyMode: true });
    await client.connect();
    const store = createRedisProfileStore({ client: client.v4, timeoutMs: 5_000 });
    expect(await store.assign?.('ada', { e1: { variationId: 'v1' } })).toEqual({ e1: 'v1' });
    expect(await store.assign?.('ada', { e1: { variationId: 'v2' } })).toEqual({ e1: 'v1' });
    store.close?.();
    await client.disconnect();
    await server.close();
  });
});

describe.skipIf(!canStartRedis())('the client of Upstash with its default deserialisation', () => {
  let server: RedisServer;
  let redis: Redis;
  let upstash: UpstashRedis;
  const front = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [name, ...args] = JSON.parse(body) as [string, ...string[]];
    const answer = await redis.call(name, args).then(
      (result) => ({ result }),
      (error: Error) => ({ error: error.message }),
    );
    response
      .writeHead('error' in answer ? 400 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer));
  });

  beforeAll(async () => {
    server = await startRedisServer();
    redis = new Redis(server.url);
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    upstash = new UpstashRedis({ url, token: 'token', enableTelemetry: false, responseEncoding: false });
  });
  afterAll(async () => {
    front.close();
    redis?.disconnect();
    await server?.close();
  });
  beforeEach(() => server.command('FLUSHALL'));

  const commander = () => ({
    command: (_key: string, args: readonly string[]) => upstash.exec(args as [string, ...string[]]),
  });

  it.each(['hash', 'json'] as const)('[RED-15] layout %s: keeps assignments whose ids are numbers', async (layout) => {
    const store = createRedisProfileStore({ client: commander(), layout, timeoutMs: 5_000 });
    const problems: unknown[] = [];
    store.attach?.({ problem: (problem) => problems.push(problem) });
    const big = '12345678901234567890';
    expect(await store.assign?.('ada', { '7000': { variationId: '70001' }, '7001': { variationId: big } })).toEqual({
      '7000': '70001',
      '7001': big,
    });
    expect(await store.assign?.('ada', { '7000': { variationId: '70002' }, '7002': { variationId: '1' } })).toEqual({
      '7000': '70001',
      '7002': '1',
    });
    expect((await store.lookup?.('ada'))?.experiment_bucket_map).toEqual({
      '7000': { variation_id: '70001' },
      '7001': { variation_id: big },
      '7002': { variation_id: '1' },
    });
    expect(await store.assign?.('ada', { '7000': { variationId: '70003', replaces: '70001' } })).toEqual({
      '7000': '70003',
    });
    await store.remove?.('ada');
    expect(await store.lookup?.('ada')).toBeNull();
    expect(problems).toEqual([]);
  });

  it('[RED-15] layout json: adds to a document that another SDK wrote with other spaces', async () => {
    const store = createRedisProfileStore({ client: commander(), layout: 'json', timeoutMs: 5_000 });
    await server.command(
      'SET',
      'sortition:profile:ada',
      '{ "user_id": "ada", "experiment_bucket_map": { "7000": { "variation_id": "70001" } } }',
    );
    expect(await store.assign?.('ada', { '7001': { variationId: '1' } })).toEqual({ '7001': '1' });
    expect(Object.keys((await store.lookup?.('ada'))?.experiment_bucket_map ?? {})).toEqual(['7000', '7001']);
  });

  it('[RED-15] segments that were saved are found', async () => {
    const cache = createRedisSegmentCache({ client: commander(), timeoutMs: 5_000 });
    await cache.reset();
    expect(await cache.lookup('ada')).toBeNull();
    await cache.save('ada', ['vip', '7']);
    expect(await cache.lookup('ada')).toEqual(['vip', '7']);
    cache.close();
  });
});
