import { type ChaosProxy, canStartRedis, type RedisServer, startChaosProxy, startRedisServer } from '@sortition/rig';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIENT_NAMES } from '../src/clients.ts';
import { createScene, EXPERIMENT, type Scene, type TimedDecision, until } from '../src/scene.ts';

/** Generous: what is told apart is an answer from a hang. The measured figures come from `pnpm chaos`. */
const PROMPT_MS = 2_000;

let server: RedisServer;
let proxy: ChaosProxy | undefined;
const scenes: Scene[] = [];

function scene(...parameters: Parameters<typeof createScene>): Scene {
  const made = createScene(...parameters);
  scenes.push(made);
  return made;
}

describe.skipIf(!canStartRedis())('decisions while Redis is away', () => {
  beforeEach(async () => {
    server = await startRedisServer();
  });
  afterEach(async () => {
    await Promise.all(scenes.splice(0).map((made) => made.close()));
    await proxy?.close();
    proxy = undefined;
    await server?.close();
  });

  it.each(CLIENT_NAMES)(
    '[RED-01] %s: a server that is down at the start delays no decision and is found when it comes',
    async (clientName) => {
      await server.kill();
      const { decide, store, stored } = scene(server.port, { clientName });
      const first = await decide('ada');
      expect(first.decision.enabled).toBe(true);
      expect(first.tookMs).toBeLessThan(PROMPT_MS);
      await until(() => store.stats().state === 'down');
      await server.restart();
      await until(async () => store.stats().state === 'up' && store.stats().waitingUsers === 0);
      expect(await stored('ada')).toEqual({ [EXPERIMENT]: first.variationId });
    },
  );

  it.each(CLIENT_NAMES)(
    '[RED-02] %s: kill -9 under load loses no decision, and what was assigned meanwhile is stored',
    async (clientName) => {
      const { decide, store, stored, problems } = scene(server.port, { clientName });
      await decide('warm-up');
      const answers: Promise<[string, TimedDecision]>[] = [];
      const load = async (count: number, name: string): Promise<void> => {
        for (let index = 0; index < count; index += 1) {
          const userId = `${name}-${index}`;
          answers.push(decide(userId).then((answer) => [userId, answer]));
          if (index % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      const loading = load(200, 'during');
      await server.kill();
      await loading;
      await load(50, 'after');
      const decided = await Promise.all(answers);
      expect(decided).toHaveLength(250);
      expect(decided.filter(([, { decision }]) => !decision.enabled)).toEqual([]);
      expect(Math.max(...decided.map(([, { tookMs }]) => tookMs))).toBeLessThan(PROMPT_MS);
      expect(problems.map(({ code }) => code)).toContain('redis-unavailable');
      await server.restart();
      await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
      for (const [userId, { variationId }] of decided.slice(200)) {
        expect(await stored(userId)).toEqual({ [EXPERIMENT]: variationId });
      }
      expect(store.stats().droppedAssignments).toBe(0);
    },
  );

  it('[RED-02] while Redis is away a user keeps what this process gave them', async () => {
    const { decide, store } = scene(server.port);
    await decide('warm-up');
    await server.kill();
    await until(() => store.stats().state === 'down');
    const first = await decide('ada');
    for (const bucketingId of ['other', 'another', 'third', 'fourth']) {
      expect((await decide('ada', bucketingId)).variationId).toBe(first.variationId);
    }
  });

  it.each(CLIENT_NAMES)(
    '[RED-03] %s: a frozen server costs its timeout a few times, then nothing, and is found again',
    async (clientName) => {
      const { decide, store, problems, stored } = scene(server.port, { clientName });
      await decide('warm-up');
      server.freeze();
      const slow = await decide('first');
      expect(slow.decision.enabled).toBe(true);
      expect(slow.decision.reasons[0]).toContain('Error while looking up user profile');
      expect(slow.tookMs).toBeLessThan(PROMPT_MS);
      for (let index = 0; store.stats().state !== 'down'; index += 1) await decide(`user-${index}`);
      const quick = await decide('ada');
      expect(quick.tookMs).toBeLessThan(100);
      expect(problems.filter(({ code }) => code === 'redis-unavailable')).toHaveLength(1);
      server.thaw();
      await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
      expect(await stored('ada')).toEqual({ [EXPERIMENT]: quick.variationId });
    },
  );

  it.each([
    ['a black hole', { upstream: { blackhole: true } }],
    ['half open: requests arrive, answers do not', { downstream: { blackhole: true } }],
    ['500 ms of latency', { downstream: { latencyMs: 500 } }],
    ['resets', { downstream: { limitBytes: 40, limitEnd: 'rst' as const } }],
    ['a stalled stream', { downstream: { timeoutMs: 0 } }],
  ])(
    '[RED-03] %s: decisions go on, and are sticky again afterwards',
    async (_name, toxics) => {
      proxy = await startChaosProxy({ port: server.port });
      const { decide, store } = scene(proxy.port);
      const before = await decide('ada');
      proxy.set(toxics);
      for (let index = 0; store.stats().state === 'up' && index < 50; index += 1) {
        const { decision, tookMs } = await decide(`user-${index}`);
        expect(decision.enabled).toBe(true);
        expect(tookMs).toBeLessThan(PROMPT_MS);
      }
      expect((await decide('bob')).tookMs).toBeLessThan(PROMPT_MS);
      proxy.set({});
      await proxy.down();
      await proxy.up();
      await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
      expect((await decide('ada', 'elsewhere')).variationId).toBe(before.variationId);
    },
    40_000,
  );

  it('[RED-11] a client that its owner closes first is as good as down, and is not closed again', async () => {
    const { connectClient } = await import('../src/clients.ts');
    const { createRedisProfileStore } = await import('@sortition/profile-redis');
    for (const name of CLIENT_NAMES) {
      const { client, disconnect } = connectClient(name, server.port);
      const store = createRedisProfileStore({ client });
      await store.assign?.('ada', { e1: { variationId: 'v1' } });
      await disconnect();
      await expect(store.lookup?.('ada')).rejects.toMatchObject({ code: 'store-failed' });
      expect(store.stats().state).toBe('down');
      await store.close?.();
    }
    const { client, disconnect } = connectClient('ioredis', server.port);
    const store = createRedisProfileStore({ client });
    await store.assign?.('ada', { e2: { variationId: 'v2' } });
    await store.flush?.();
    await store.close?.();
    const ioredis = client as { call(command: string, args: string[]): Promise<unknown> };
    expect(await ioredis.call('PING', [])).toBe('PONG');
    await expect(store.assign?.('ada', {})).rejects.toMatchObject({ code: 'closed' });
    await disconnect();
  });

  it('[RED-02] what cannot be written before close is dropped, and counted', async () => {
    const { client, decide, store, problems } = scene(server.port);
    await decide('warm-up');
    await server.kill();
    await until(() => store.stats().state === 'down');
    await decide('ada');
    await client.close({ timeoutMs: 100 });
    expect(store.stats().droppedAssignments).toBe(1);
    expect(problems.map(({ code }) => code)).toContain('assignments-dropped');
  });
});
