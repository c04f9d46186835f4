/**
 * What a write costs the server: the script of the store beside one that reads and writes each assignment on its own, as
 * the store did before, by the server's own clock (`usec` of `INFO commandstats`) in the same run.
 */
import { createHash } from 'node:crypto';
import { createRedisProfileStore } from '@sortition/profile-redis';
import { type RedisServer, startRedisServer } from '@sortition/rig';
import { Redis } from 'ioredis';

const ONE_BY_ONE = `
local winners = {}
for i = 2, #ARGV, 3 do
  local stored = redis.call('HGET', KEYS[1], ARGV[i])
  if not stored or (ARGV[i + 2] ~= '' and stored == ARGV[i + 2]) then
    stored = ARGV[i + 1]
    redis.call('HSET', KEYS[1], ARGV[i], stored)
  end
  winners[#winners + 1] = stored
end
if ARGV[1] ~= '' then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return winners
`;
const TTL_SECONDS = 15_552_000;
const ROUNDS = 60;
const USERS = 200;
/** Assignments of a new user, and the share of the former time that is allowed. */
const LIMITS = [
  [1, 1.05],
  [20, 0.65],
] as const;

export async function run(): Promise<boolean> {
  const server = await startRedisServer();
  const redis = new Redis({ port: server.port, host: '127.0.0.1' });
  const store = createRedisProfileStore({ client: redis, timeoutMs: 30_000, ttlSeconds: TTL_SECONDS });
  const hash = createHash('sha1').update(ONE_BY_ONE).digest('hex');
  await redis.script('LOAD', ONE_BY_ONE);
  const rows = [];
  for (const [assignments, limit] of LIMITS) {
    const ids = Array.from({ length: assignments }, (_, index) => String(9_300_001_234 + index));
    const wanted = Object.fromEntries(ids.map((id) => [id, { variationId: `${id}1` }]));
    const oneByOne = ids.flatMap((id) => [id, `${id}1`, '']);
    const times: [number[], number[]] = [[], []];
    const ways = [
      async (user: string) => {
        const key = `sortition:profile:${user}`;
        await redis.evalsha(hash, '1', key, String(TTL_SECONDS), ...oneByOne);
      },
      async (user: string) => void (await store.assign?.(user, wanted)),
    ] as const;
    for (let round = 0; round < ROUNDS; round += 1) {
      // Each goes first as often as the other.
      for (const way of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        times[way].push(await serverTime(server, redis, ways[way]));
      }
    }
    const [before, now] = [median(times[0]), median(times[1])];
    rows.push({
      assignments,
      'one by one (µs)': Number(before.toFixed(2)),
      'the script (µs)': Number(now.toFixed(2)),
      ratio: Number((now / before).toFixed(3)),
      limit,
    });
  }
  console.table(rows);
  await store.close?.();
  redis.disconnect();
  await server.close();
  return rows.every(({ ratio, limit }) => ratio <= limit);
}

/** Microseconds that the server spends on the write of one new user. */
async function serverTime(server: RedisServer, redis: Redis, write: (user: string) => Promise<void>): Promise<number> {
  await redis.flushall();
  await redis.config('RESETSTAT');
  for (let user = 0; user < USERS; user += 1) await write(`user-${user}`);
  const usec = /cmdstat_evalsha:calls=\d+,usec=(\d+)/.exec(await server.command('INFO', 'commandstats'))?.[1];
  return Number(usec) / USERS;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
