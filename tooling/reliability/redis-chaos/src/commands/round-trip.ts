/** What `decideAsync` costs over Redis for a returning user, next to one raw HGETALL, in the same run. */
import { createRedisProfileStore } from '@sortition/profile-redis';
import { startRedisServer } from '@sortition/rig';
import { Redis } from 'ioredis';
import { createClient as createNodeRedis } from 'redis';
import { createClient, createStaticConfig } from 'sortition';
import { fleetDatafile } from '../fleet-datafile.ts';

const FLAGS = 20;
const ROUNDS = 30;
const CALLS = 300;
const LIMIT = 1.5;

export async function run(): Promise<boolean> {
  const server = await startRedisServer();
  const ioredis = new Redis({ port: server.port, host: '127.0.0.1' });
  const nodeRedis = createNodeRedis({ url: server.url });
  await nodeRedis.connect();
  const rows = [
    await measure('ioredis', ioredis, (key) => ioredis.hgetall(key)),
    await measure('node-redis', nodeRedis, (key) => nodeRedis.hGetAll(key)),
  ];
  console.table(rows);
  ioredis.disconnect();
  nodeRedis.destroy();
  await server.close();
  return rows.every(({ ratio }) => ratio <= LIMIT);
}

async function measure(
  name: string,
  redis: Parameters<typeof createRedisProfileStore>[0]['client'],
  hgetall: (key: string) => Promise<unknown>,
): Promise<{ client: string; 'HGETALL (µs)': number; 'decideAllAsync, 20 flags (µs)': number; ratio: number }> {
  const client = createClient({
    config: createStaticConfig({ datafile: fleetDatafile(FLAGS) }),
    profiles: createRedisProfileStore({ client: redis }),
    events: null,
    logger: false,
  });
  const user = client.createUserContext('ada');
  await user.decideAllAsync();
  const raw: number[] = [];
  const decided: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    raw.push(await time(() => hgetall('sortition:profile:ada')));
    decided.push(await time(() => user.decideAllAsync()));
  }
  const [rawUs, decidedUs] = [median(raw), median(decided)];
  return {
    client: name,
    'HGETALL (µs)': Math.round(rawUs),
    'decideAllAsync, 20 flags (µs)': Math.round(decidedUs),
    // Of calls made side by side: the machine's pace drifts over the run.
    ratio: Number(median(decided.map((us, round) => us / (raw[round] ?? us))).toFixed(2)),
  };
}

/** Microseconds a call, one after the other. */
async function time(call: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < CALLS; index += 1) await call();
  return ((performance.now() - started) * 1_000) / CALLS;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
