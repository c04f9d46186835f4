/** Decisions over a real Redis that loses connections, freezes and runs out of memory, in real time. */
import { createRedisProfileStore } from '@sortition/profile-redis';
import { startRedisServer } from '@sortition/rig';
import { Redis } from 'ioredis';
import { createClient, createStaticConfig } from 'sortition';
import { startMeter } from './measure.ts';
import { mostTold } from './most-told.ts';
import { createDatafile, FLAG_KEY } from './project.ts';
import type { Outcome, Scenario } from './scenario.ts';

const TICK_MS = 10;
/** A command takes 200 ms at most, a write after it as long again; the rest is what a busy machine adds. */
const SLOWEST_MS = 5_000;

/** Runs a scenario: `recorded` are users who were decided for, `arrived` those whose variation is in Redis as it was decided. */
export async function runProfiles({ name, perSecond, seconds }: Scenario): Promise<Outcome> {
  const server = await startRedisServer();
  const redis = new Redis(server.url, { retryStrategy: () => 50, lazyConnect: false });
  redis.on('error', () => undefined);
  const store = createRedisProfileStore({ client: redis });
  const client = createClient({
    config: createStaticConfig({ datafile: createDatafile() }),
    profiles: store,
    events: null,
    logger: false,
  });
  const problems = new Map<string, number>();
  client.on('problem', ({ code }) => problems.set(code, (problems.get(code) ?? 0) + 1));
  const decided = new Map<string, string>();
  let failed = 0;
  let slowestMs = 0;
  let open = 0;
  const decide = async (userId: string): Promise<void> => {
    open += 1;
    const before = performance.now();
    const { variationKey } = await client.createUserContext(userId).decideAsync(FLAG_KEY);
    slowestMs = Math.max(slowestMs, performance.now() - before);
    open -= 1;
    if (variationKey === null) failed += 1;
    else decided.set(userId, `21${variationKey}`);
  };
  const meter = startMeter();
  try {
    await Promise.all(Array.from({ length: 20 }, (_, index) => decide(`warm${index}`)));
    const startedAt = performance.now();
    let next = 0;
    let step = 0;
    for (let passed = 0; passed < seconds * 1_000; passed = performance.now() - startedAt) {
      for (const due = (perSecond * passed) / 1_000; next < due; next += 1) void decide(`n${next}`);
      const share = passed / (seconds * 1_000);
      // Trouble from a quarter of the time to the half of it.
      if (step === 0 && share > 0.25) {
        step = 1;
        if (name.includes('frozen')) server.freeze();
        else if (name.includes('memory')) await server.command('CONFIG', 'SET', 'maxmemory', '1');
      } else if (step === 1 && share > 0.5) {
        step = 2;
        server.thaw();
        await server.command('CONFIG', 'SET', 'maxmemory', '0');
      } else if (name.includes('connection') && share > 0.25 && share < 0.5 && Math.floor(passed / 500) >= step) {
        step = Math.floor(passed / 500) + 1;
        await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    const endedAt = performance.now();
    const isSettled = () => open === 0 && store.stats().waitingUsers === 0;
    while (!isSettled() && performance.now() - endedAt < 20_000)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const settledAfter = isSettled() ? (performance.now() - endedAt) / 1_000 : null;
    meter.sample();
    let arrived = 0;
    for (const [userId, variation] of decided) {
      const stored = await store.lookup?.(userId);
      if (Object.values(stored?.experiment_bucket_map ?? {})[0]?.variation_id === variation) arrived += 1;
    }
    const broken: string[] = [];
    if (failed > 0) broken.push(`${failed} decisions had no variation`);
    if (slowestMs > SLOWEST_MS) broken.push(`a decision took ${Math.round(slowestMs)} ms`);
    const { droppedAssignments, waitingUsers } = store.stats();
    // Each belongs to a decision of its own.
    problems.delete('profile-lookup-failed');
    return {
      recorded: decided.size,
      arrived,
      twice: 0,
      dropped: droppedAssignments > 0 ? { assignments: droppedAssignments } : {},
      pending: waitingUsers,
      settledAfter,
      told: mostTold({ problems }),
      requests: 0,
      broken,
      ...meter.read(),
    };
  } finally {
    await client.close({ timeoutMs: 500 });
    redis.disconnect();
    await server.close();
  }
}
