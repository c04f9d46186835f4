/** Whether this machine can run Redis for tests, and what to say when it cannot. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Path of `redis-server` on PATH; `null` when there is none. */
export function findRedisServer(): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, 'redis-server');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder
    }
  }
  return null;
}

/**
 * Tells whether tests that start Redis can run. Says loudly when they cannot, and how to change that.
 *
 * @throws Error with `CI=true`: there a missing server is a failure, not a skip.
 */
export function canStartRedis(): boolean {
  if (findRedisServer() !== null) return true;
  const message =
    'redis-server is not on PATH: the tests that start, kill and freeze it cannot run. Install it: apt-get install -y redis-server';
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`\n!!! SKIPPED: ${message}\n`);
  return false;
}
