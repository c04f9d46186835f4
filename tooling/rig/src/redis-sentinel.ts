/** A real Redis Sentinel that watches a master and makes its replica the master when it is gone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RedisServer, startRedisProcess, startRedisServer } from './redis-server.ts';

export interface WatchedRedis {
  /** Name of the master, as clients ask for it. */
  readonly name: string;
  readonly sentinel: RedisServer;
  readonly master: RedisServer;
  readonly replica: RedisServer;
  close(): Promise<void>;
}

const NAME = 'sortition';
const START_TIMEOUT_MS = 20_000;

/** Starts a master, a replica that follows it, and one sentinel, and waits until the three know of each other. */
export async function startWatchedRedis(): Promise<WatchedRedis> {
  const [master, replica] = await Promise.all([startRedisServer(FAST_SYNC), startRedisServer(FAST_SYNC)]);
  await replica.command('REPLICAOF', '127.0.0.1', String(master.port));
  const sentinel = await startRedisProcess((port, folder) => {
    // A sentinel keeps what it learns in its configuration file, and refuses to start without one.
    const file = join(folder, 'sentinel.conf');
    writeFileSync(file, configuration(port, folder, master.port));
    return [file, '--sentinel'];
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await knowsReplica(sentinel)) || !(await replica.command('ROLE')).includes('connected')) {
    if (Date.now() > deadline) throw new Error('The Redis Sentinel did not come up in time.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const processes = [sentinel, replica, master];
  return {
    name: NAME,
    sentinel,
    master,
    replica,
    async close() {
      await Promise.all(processes.map((process) => process.close()));
    },
  };
}

const FAST_SYNC = ['--repl-diskless-sync-delay', '0'];

/** One sentinel decides alone, and half a second of silence is enough for it. */
function configuration(port: number, folder: string, masterPort: number): string {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 1`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 3000`,
    '',
  ].join('\n');
}

async function knowsReplica(sentinel: RedisServer): Promise<boolean> {
  return /slaves=1/.test(await sentinel.command('INFO', 'sentinel'));
}
