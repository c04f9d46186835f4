/** A fleet: several processes that decide for the same users at the same time, and what they are to agree on. */
import { type ChildProcess, fork } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createRedisProfileStore } from '@sortition/profile-redis';
import { bundle } from './bundle.ts';
import { CLIENT_NAMES, connectClient } from './clients.ts';
import type { Decided, DeciderTask } from './decider.ts';

export interface FleetPlan {
  readonly port: number;
  readonly layout: 'hash' | 'json';
  readonly processes: number;
  readonly users: number;
  readonly experiments: number;
}

export interface FleetResult {
  /** Decisions handed out by all processes. */
  readonly decisions: number;
  /** Assignments that should be stored and are not. */
  readonly lost: number;
  /** Decisions that differ from what is stored. */
  readonly disagreeing: number;
  readonly seconds: number;
}

/** Lets the processes decide, each with a client of another kind than the one before, and compares with the store. */
export async function runFleet(plan: FleetPlan): Promise<FleetResult> {
  const file = await bundle('decider');
  const started = performance.now();
  try {
    const answers = await Promise.all(
      Array.from({ length: plan.processes }, (_, index) =>
        decideInProcess(file, {
          ...plan,
          client: CLIENT_NAMES[index % CLIENT_NAMES.length] ?? 'ioredis',
          bucketingId: `server-${index}-`,
        }),
      ),
    );
    const seconds = (performance.now() - started) / 1_000;
    return { ...(await compare(plan, answers)), seconds };
  } finally {
    await rm(file, { force: true });
  }
}

async function compare(plan: FleetPlan, answers: readonly Decided[]): Promise<Omit<FleetResult, 'seconds'>> {
  const { client, disconnect } = connectClient('ioredis', plan.port);
  const store = createRedisProfileStore({ client, layout: plan.layout, timeoutMs: 5_000 });
  let decisions = 0;
  let lost = 0;
  let disagreeing = 0;
  for (let user = 0; user < plan.users; user += 1) {
    const userId = `user-${user}`;
    const stored = (await store.lookup?.(userId))?.experiment_bucket_map ?? {};
    lost += plan.experiments - Object.keys(stored).length;
    for (const decided of answers) {
      const own = Object.entries(decided[userId] ?? {});
      decisions += own.length;
      disagreeing += own.filter(([id, variationId]) => stored[id]?.variation_id !== variationId).length;
    }
  }
  await disconnect();
  return { decisions, lost, disagreeing };
}

function decideInProcess(file: string, task: DeciderTask): Promise<Decided> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(file, { execArgv: ['--unhandled-rejections=strict'], stdio: 'inherit' });
    child.once('message', (decided) => resolve(decided as Decided));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`A deciding process ended with ${code}.`)));
    child.send(task);
  });
}
