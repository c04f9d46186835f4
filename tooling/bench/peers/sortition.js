/** Ours. */
import { createMemoryProfileStore } from '@sortition/profile-memory';
import { createRedisProfileStore } from '@sortition/profile-redis';
import { Redis } from 'ioredis';

/** @typedef {import('../server-project.js').User} User */
/** @typedef {import('./contestants.js').Setup} Setup */
/** @typedef {import('./contestants.js').Context} Context */

const ANSWER = /** @type {Response} */ ({ status: 204 });

/**
 * @param {Setup} setup
 * @param {string} [build] Another build, to compare two.
 */
export async function createSortition({ datafile, events, sticky, redisPort, collect }, build = 'sortition') {
  /** @type {typeof import('sortition')} */
  const { createBatchEvents, createClient, createStaticConfig } = await import(build);
  const client = createClient({
    config: createStaticConfig({ datafile }),
    logger: false,
    ...(sticky && { profiles: createMemoryProfileStore() }),
    ...(redisPort && { profiles: createRedisProfileStore({ client: new Redis(redisPort), timeoutMs: 5_000 }) }),
    events: events
      ? createBatchEvents({
          batchSize: 10,
          fetch: async (_url, init) => {
            collect?.(String(init?.body));
            return ANSWER;
          },
        })
      : null,
  });
  return (/** @type {User} */ { userId, attributes }) =>
    /** @type {Context} */ (/** @type {unknown} */ (client.createUserContext(userId, attributes)));
}
