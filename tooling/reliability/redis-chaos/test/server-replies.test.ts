import { canStartRedis, type RedisServer, startRedisServer } from '@sortition/rig';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIENT_NAMES } from '../src/clients.ts';
import { createScene, EXPERIMENT, type Scene, until } from '../src/scene.ts';

const KEY = 'sortition:profile:ada';

let server: RedisServer;
const scenes: Scene[] = [];

function scene(options?: Parameters<typeof createScene>[1]): Scene {
  const made = createScene(server.port, { timeoutMs: 2_000, ...options });
  scenes.push(made);
  return made;
}

describe.skipIf(!canStartRedis())('a Redis server that answers, but', () => {
  beforeEach(async () => {
    server = await startRedisServer();
  });
  afterEach(async () => {
    await Promise.all(scenes.splice(0).map((made) => made.close()));
    await server?.close();
  });

  it('[RED-04] has forgotten everything: users are decided afresh, and stored again', async () => {
    const { decide, stored, problems } = scene();
    await decide('ada');
    await server.command('FLUSHALL');
    await server.command('SCRIPT', 'FLUSH');
    const { variationId } = await decide('ada');
    expect(await stored('ada')).toEqual({ [EXPERIMENT]: variationId });
    expect(problems).toEqual([]);
    expect(await server.command('INFO', 'commandstats')).toMatch(/cmdstat_eval:calls=2,/);
  });

  it('[RED-04] evicts profiles: decisions go on without errors', async () => {
    await server.command('CONFIG', 'SET', 'maxmemory', '2mb');
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const { decide, problems } = scene();
    for (let round = 0; round < 40; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => decide(`${'x'.repeat(100)}-${round}-${index}`)),
      );
      expect(answers.every(({ decision }) => decision.enabled)).toBe(true);
    }
    expect(problems).toEqual([]);
    expect(Number(/evicted_keys:(\d+)/.exec(await server.command('INFO', 'stats'))?.[1])).toBeGreaterThan(0);
  });

  it.each(CLIENT_NAMES)(
    '[RED-05] %s: has something else under the key: that is not an assignment, and stays',
    async (clientName) => {
      const blob = '{"7000":{"variation_id":"70001"}}';
      await server.command('SET', KEY, blob);
      const { decide, problems, store } = scene({ clientName });
      const { decision } = await decide('ada');
      expect(decision.enabled).toBe(true);
      expect(problems.map(({ code }) => code)).toEqual(['profile-unreadable', 'profile-save-failed']);
      expect(await server.command('GET', KEY)).toContain(blob);
      expect(store.stats()).toMatchObject({ unreadable: 1, state: 'up', waitingUsers: 0 });
    },
  );

  it.each([
    'nonsense',
    '[]',
    'null',
    '{"user_id":"eve","experiment_bucket_map":{}}',
    '{"7000":{"variation_id":"70001"}}',
  ])('[RED-05] layout json: has %s under the key: that is not a profile, and stays', async (text) => {
    await server.command('SET', KEY, text);
    const { decide, problems, store } = scene({ layout: 'json' });
    expect((await decide('ada')).decision.enabled).toBe(true);
    expect(problems.map(({ code }) => code)).toEqual(['profile-unreadable', 'profile-save-failed']);
    expect(await server.command('GET', KEY)).toContain(text);
    expect(store.stats()).toMatchObject({ unreadable: 1, state: 'up', waitingUsers: 0 });
  });

  it('[RED-05] layout json: has a hash under the key: that is not a profile, and stays', async () => {
    await server.command('HSET', KEY, EXPERIMENT, 'v');
    const { decide, problems } = scene({ layout: 'json' });
    expect((await decide('ada')).decision.enabled).toBe(true);
    expect(problems.map(({ code }) => code)).toEqual(['profile-unreadable', 'profile-save-failed']);
    expect(await server.command('TYPE', KEY)).toContain('hash');
  });

  it('[RED-06] is out of memory: what is stored is served, writes wait, and are written when there is room', async () => {
    const { decide, store, stored, problems } = scene();
    const before = await decide('ada');
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    const decided = new Map<string, string>();
    for (let index = 0; index < 10; index += 1) {
      const userId = `user-${index}`;
      decided.set(userId, (await decide(userId)).variationId);
    }
    expect(store.stats()).toMatchObject({ state: 'reads-only', waitingUsers: 10 });
    expect((await decide('ada', 'elsewhere')).variationId).toBe(before.variationId);
    expect(problems.map(({ code }) => code)).toEqual(['redis-not-writing']);
    expect(problems[0]?.message).toContain('OOM');
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
    for (const [userId, variationId] of decided) expect(await stored(userId)).toEqual({ [EXPERIMENT]: variationId });
  });

  it('[RED-06] is a replica: reads are served, writes wait until it is a master again', async () => {
    const master = await startRedisServer();
    try {
      const { decide, store, stored } = scene();
      await decide('warm-up');
      await server.command('CONFIG', 'SET', 'replica-serve-stale-data', 'yes');
      await server.command('REPLICAOF', '127.0.0.1', String(master.port));
      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => decide(`user-${index}`)));
      expect(answers.every(({ decision }) => decision.enabled)).toBe(true);
      await until(() => store.stats().waitingUsers > 0);
      await server.command('REPLICAOF', 'NO', 'ONE');
      await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
      for (const [index, { variationId }] of answers.entries()) {
        expect(await stored(`user-${index}`)).toEqual({ [EXPERIMENT]: variationId });
      }
    } finally {
      await master.close();
    }
  });

  it('[RED-06] wants a password: said once, without keys or secrets, and decisions go on', async () => {
    const redis = new Redis({ port: server.port, host: '127.0.0.1' });
    const { decide, problems, store } = scene({ client: redis });
    await decide('warm-up');
    await server.command('CONFIG', 'SET', 'requirepass', 'canary-secret');
    await redis.call('RESET');
    for (let index = 0; index < 20; index += 1) {
      expect((await decide(`canary-user-${index}`)).decision.enabled).toBe(true);
    }
    expect(store.stats()).toMatchObject({ waitingUsers: 20 });
    const down = problems.filter(({ code }) => code.startsWith('redis-'));
    expect(down.map(({ code }) => code).sort()).toEqual(['redis-not-writing', 'redis-unavailable']);
    expect(down.map(({ message }) => message).join()).toContain('NOAUTH');
    const said = JSON.stringify(problems.map(({ message, cause }) => [message, String(cause), cause]));
    expect(said).not.toMatch(/canary/);
    redis.disconnect();
  });

  it('[RED-06] is busy with a script: decisions do not wait for it', async () => {
    const { decide, store } = scene({ timeoutMs: 200 });
    const before = await decide('ada');
    await server.command('CONFIG', 'SET', 'busy-reply-threshold', '50');
    const busy = server.command('EVAL', 'while true do end', '0').catch(() => undefined);
    for (let index = 0; store.stats().state === 'up'; index += 1) {
      const { decision, tookMs } = await decide(`user-${index}`);
      expect(decision.enabled).toBe(true);
      expect(tookMs).toBeLessThan(2_000);
    }
    await server.command('SCRIPT', 'KILL');
    await busy;
    await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
    expect((await decide('ada', 'elsewhere')).variationId).toBe(before.variationId);
  });

  it('[RED-09] is shared: stores with different prefixes do not meet, and one is reset without the other', async () => {
    const one = scene({ prefix: 'one:' });
    const two = scene({ prefix: 'two:' });
    const { variationId } = await one.decide('ada');
    await two.decide('ada', 'elsewhere');
    await server.command('SET', 'app:ada', 'untouched');
    await server.command('UNLINK', 'one:ada');
    expect(await one.stored('ada')).toEqual({});
    expect(Object.keys(await two.stored('ada'))).toEqual([EXPERIMENT]);
    await one.store.assign?.('ada', { [EXPERIMENT]: { variationId } });
    expect(await server.command('KEYS', '*')).toMatch(/^\*3\r\n/);
  });

  it.each(CLIENT_NAMES)(
    '[RED-10] %s: holds poison: that is not an assignment, costs no other entry, and stays',
    async (clientName) => {
      const poison: readonly [string, string][] = [
        [EXPERIMENT, 'x'.repeat(1_000_000)],
        ['7001', 'bin\u0000ary'],
        ['7002', ''],
        ['__proto__', '70001'],
        ['x'.repeat(10_000), '70001'],
        ['999', '9991'],
      ];
      for (const [field, value] of poison) await server.command('HSET', KEY, field, value);
      const { client, decide, stored, store } = scene({ clientName });
      expect((await decide('ada')).decision.enabled).toBe(true);
      expect(await stored('ada')).toEqual({ '999': '9991' });
      const decisions = await client.createUserContext('ada').decideAllAsync();
      expect(Object.values(decisions).every((decision) => decision?.enabled)).toBe(true);
      for (const [field, value] of poison)
        expect(await server.command('HSTRLEN', KEY, field)).toBe(`:${value.length}\r\n`);
      expect(await server.command('HLEN', KEY)).toBe(`:${poison.length}\r\n`);
      expect(store.stats().unreadable).toBeGreaterThan(0);
    },
  );

  it('[RED-10] layout json: keeps what it does not understand', async () => {
    const text =
      '{"user_id":"ada","experiment_bucket_map":{"7001":null,"7002":{"variation_id":7},"__proto__":{"variation_id":"x"},"999":{"variation_id":"9991","at":1}},"source":"agent"}';
    await server.command('SET', KEY, text);
    const { decide, stored } = scene({ layout: 'json' });
    const { variationId } = await decide('ada');
    expect(await stored('ada')).toEqual({ '999': '9991', [EXPERIMENT]: variationId });
    const after = (await server.command('GET', KEY)).split('\r\n')[1] ?? '';
    expect(JSON.parse(after)).toEqual({
      ...JSON.parse(text),
      experiment_bucket_map: {
        ...JSON.parse(text).experiment_bucket_map,
        [EXPERIMENT]: { variation_id: variationId },
      },
    });
    expect(after).toContain('"__proto__":{"variation_id":"x"}');
  });

  it('[RED-10] an id that cannot be stored is decided all the same', async () => {
    const { store } = scene();
    const wanted = JSON.parse('{"__proto__":{"variationId":"v1"},"e1":{"variationId":"v1"}}');
    const winners = await store.assign?.('ada', { ...wanted, e2: { variationId: 'x'.repeat(300) } });
    expect(JSON.stringify(winners)).toBe(`{"__proto__":"v1","e1":"v1","e2":"${'x'.repeat(300)}"}`);
    expect(await server.command('HLEN', KEY)).toBe(':1\r\n');
  });

  it('[RED-12] refuses scripts: plain commands do, and the refusal is reported once with its text', async () => {
    await server.command('ACL', 'SETUSER', 'default', '-@scripting');
    const { decide, stored, problems, store } = scene();
    const { variationId } = await decide('ada');
    expect((await decide('ada', 'elsewhere')).variationId).toBe(variationId);
    expect(await stored('ada')).toEqual({ [EXPERIMENT]: variationId });
    await store.assign?.('ada', { [EXPERIMENT]: { variationId: 'new', replaces: variationId } });
    expect(await stored('ada')).toEqual({ [EXPERIMENT]: 'new' });
    expect(problems).toEqual([
      expect.objectContaining({
        code: 'redis-command-refused',
        message: expect.stringMatching(/EVAL: NOPERM.*'eval'.*HSETNX and HGET instead/),
      }),
    ]);
    const stats = await server.command('INFO', 'commandstats');
    expect(stats).toMatch(/cmdstat_evalsha:calls=0,.*rejected_calls=1,/);
    expect(stats).toMatch(/cmdstat_hsetnx:calls=2,/);
  });

  it.each(['hash', 'json'] as const)('layout %s: forgets a profile when its time is over', async (layout) => {
    const { decide } = scene({ layout, ttlSeconds: 100 });
    await decide('ada');
    expect(await server.command('TTL', KEY)).toMatch(/^:(100|99)\r\n$/);
    const forever = scene({ layout, ttlSeconds: null, prefix: 'forever:' });
    await forever.decide('ada');
    expect(await server.command('TTL', 'forever:ada')).toBe(':-1\r\n');
  });

  it('reads in one command and writes in one', async () => {
    const { client } = scene();
    await client.createUserContext('warm-up').decideAllAsync();
    await server.command('CONFIG', 'RESETSTAT');
    await client.createUserContext('ada').decideAllAsync();
    const stats = await server.command('INFO', 'commandstats');
    expect(stats).toMatch(/cmdstat_hgetall:calls=1,/);
    expect(stats).toMatch(/cmdstat_evalsha:calls=1,/);
    expect(stats).not.toMatch(/cmdstat_eval:/);
    await client.createUserContext('ada').decideAllAsync();
    const after = await server.command('INFO', 'commandstats');
    expect(after).toMatch(/cmdstat_hgetall:calls=2,/);
    expect(after).toMatch(/cmdstat_evalsha:calls=1,/);
  });
});
