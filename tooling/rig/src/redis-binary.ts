/** Whether this machine can run Redis for tests. */
import { findOnPath, isOnPath } from './path-binary.ts';

/** Path of `redis-server` on PATH; `null` when there is none. */
export function findRedisServer(): string | null {
  return findOnPath('redis-server');
}

/**
 * Tells whether tests that start Redis can run. Says loudly when they cannot, and how to change that.
 *
 * @throws Error with `CI=true`: there a missing server is a failure, not a skip.
 */
export function canStartRedis(): boolean {
  return isOnPath('redis-server', 'start, kill and freeze it');
}
