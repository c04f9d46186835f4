/** Servers that answer every command with an error of their own state, and recover from it. */
import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canStartRedis, type RedisServer, startRedisServer } from '@sortition/rig';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterEach, describe, expect, it } from 'vitest';
import { CLIENT_NAMES } from '../src/clients.ts';
import { createScene, EXPERIMENT, type Scene, until } from '../src/scene.ts';

const PROMPT_MS = 2_000;
/** Keys whose loading takes about three seconds. */
const LOADED_KEYS = 600;
const SLOW_LOADING = ['--key-load-delay', '5000', '--loading-process-events-interval-bytes', '1024'];

const servers: RedisServer[] = [];
const scenes: Scene[] = [];

async function start(args?: readonly string[]): Promise<RedisServer> {
  const server = await startRedisServer(args);
  servers.push(server);
  return server;
}

function scene(...parameters: Parameters<typeof createScene>): Scene {
  const made = createScene(...parameters);
  scenes.push(made);
  return made;
}

/** Decides for some users, and on until the store has noticed; every decision must be made, and soon. */
async function decideUntil({ decide, store }: Scene, state: string): Promise<Map<string, string>> {
  const decided = new Map<string, string>();
  for (let index = 0; index < 10 || (store.stats().state !== state && index < 100); index += 1) {
    const { decision, variationId, tookMs } = await decide(`user-${index}`);
    expect(decision.enabled).toBe(true);
    expect(tookMs).toBeLessThan(PROMPT_MS);
    decided.set(`user-${index}`, variationId);
  }
  expect(store.stats().state).toBe(state);
  return decided;
}

async function expectStored({ store, stored }: Scene, decided: ReadonlyMap<string, string>): Promise<void> {
  await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
  for (const [userId, variationId] of decided) expect(await stored(userId)).toEqual({ [EXPERIMENT]: variationId });
  expect(store.stats().droppedAssignments).toBe(0);
}

describe.skipIf(!canStartRedis())('a Redis server that says', () => {
  afterEach(async () => {
    await Promise.all(scenes.splice(0).map((made) => made.close()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it.each(CLIENT_NAMES)(
    '[RED-06] MASTERDOWN, %s: decisions go on, and what they assigned is stored afterwards',
    async (clientName) => {
      const server = await start();
      const made = scene(server.port, { clientName, timeoutMs: PROMPT_MS });
      const before = await made.decide('ada');
      await server.command('CONFIG', 'SET', 'replica-serve-stale-data', 'no');
      await server.command('REPLICAOF', '127.0.0.1', '1');
      const decided = await decideUntil(made, 'down');
      expect(made.problems.find(({ code }) => code === 'redis-unavailable')?.message).toContain('MASTERDOWN');
      await server.command('REPLICAOF', 'NO', 'ONE');
      await expectStored(made, decided);
      expect((await made.decide('ada', 'elsewhere')).variationId).toBe(before.variationId);
    },
  );

  it.each(CLIENT_NAMES)(
    '[RED-06] LOADING, %s: decisions do not wait for it, and the loaded assignments count again',
    async (clientName) => {
      const server = await start(SLOW_LOADING);
      const made = scene(server.port, { clientName });
      const before = await made.decide('ada');
      for (let index = 0; index < LOADED_KEYS; index += 1) await server.command('SET', `filler:${index}`, 'x');
      await server.command('SAVE');
      await server.kill();
      await server.restart();
      expect(await server.command('GET', 'filler:0')).toMatch(/^-LOADING/);
      const decided = await decideUntil(made, 'down');
      expect(await server.command('GET', 'filler:0')).toMatch(/^-LOADING/);
      expect(made.store.stats().waitingUsers).toBe(decided.size);
      await expectStored(made, decided);
      expect((await made.decide('ada', 'elsewhere')).variationId).toBe(before.variationId);
    },
  );

  it.each(CLIENT_NAMES)(
    '[RED-06] MISCONF, %s: reads are served, and writes wait until snapshots succeed again',
    async (clientName) => {
      const server = await start();
      const made = scene(server.port, { clientName, timeoutMs: PROMPT_MS });
      const before = await made.decide('ada');
      // A folder where the snapshot should go: the one way to make it fail that works for root, too.
      const target = join(server.folder, 'dump.rdb');
      mkdirSync(target);
      await server.command('CONFIG', 'SET', 'save', '3600 1000000');
      await server.command('BGSAVE');
      await until(async () => (await server.command('INFO', 'persistence')).includes('rdb_last_bgsave_status:err'));
      const decided = await decideUntil(made, 'reads-only');
      expect(made.problems.find(({ code }) => code === 'redis-not-writing')?.message).toContain('MISCONF');
      expect((await made.decide('ada', 'elsewhere')).variationId).toBe(before.variationId);
      rmdirSync(target);
      await server.command('BGSAVE');
      await until(async () => (await server.command('INFO', 'persistence')).includes('rdb_last_bgsave_status:ok'));
      rmSync(target, { force: true });
      await expectStored(made, decided);
    },
  );

  it.each(['ioredis', 'node-redis'] as const)(
    '[RED-06] WRONGPASS, %s: decisions go on, and the password shows nowhere',
    async (clientName) => {
      const server = await start();
      await server.command('CONFIG', 'SET', 'requirepass', 'right');
      const redis =
        clientName === 'ioredis'
          ? new Redis({ port: server.port, host: '127.0.0.1', password: 'canary-secret' })
          : createClient({ url: `redis://default:canary-secret@127.0.0.1:${server.port}` });
      redis.on('error', () => undefined);
      if (!(redis instanceof Redis)) void redis.connect().catch(() => undefined);
      const made = scene(server.port, { client: redis });
      await decideUntil(made, 'down');
      const told = made.problems.filter(({ code }) => code === 'redis-unavailable');
      expect(told).toHaveLength(1);
      const said = JSON.stringify(made.problems.map(({ message, cause }) => [message, String(cause), cause]));
      expect(said).not.toMatch(/canary/);
      if (redis instanceof Redis) redis.disconnect();
      else redis.destroy();
    },
  );
});
