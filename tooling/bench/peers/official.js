/** The official SDK. */
import {
  createBatchEventProcessor,
  createInstance,
  createStaticProjectConfigManager,
} from '@optimizely/optimizely-sdk';

/** @typedef {import('../server-project.js').User} User */
/** @typedef {import('./contestants.js').Setup} Setup */
/** @typedef {import('./contestants.js').Context} Context */

/** @param {Setup} setup */
export function createOfficial({ datafile, events, sticky, redisPort, collect }) {
  const records = new Map();
  const client = createInstance({
    projectConfigManager: createStaticProjectConfigManager({ datafile }),
    ...((sticky || redisPort) && {
      userProfileService: {
        lookup: (/** @type {string} */ userId) => records.get(userId) ?? null,
        save: (/** @type {{ user_id: string }} */ profile) => void records.set(profile.user_id, profile),
      },
    }),
    ...(events && {
      eventProcessor: createBatchEventProcessor({
        batchSize: 10,
        eventDispatcher: {
          dispatchEvent: async ({ params }) => {
            collect?.(JSON.stringify(params));
            return { statusCode: 204 };
          },
        },
      }),
    }),
  });
  return (/** @type {User} */ { userId, attributes }) =>
    /** @type {Context} */ (/** @type {unknown} */ (client.createUserContext(userId, attributes)));
}
