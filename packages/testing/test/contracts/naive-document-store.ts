/** The store everybody writes first: one JSON text per user, read, changed and written back. */
import type { UserProfile, UserProfileStore } from '@sortition/core';
import { describeUserProfileStore } from '../../src/contracts/index.ts';

const texts = new Map<string, string>();
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

async function read(userId: string): Promise<UserProfile> {
  await turn();
  const text = texts.get(userId);
  return text === undefined ? { user_id: userId, experiment_bucket_map: {} } : JSON.parse(text);
}

async function write(profile: UserProfile): Promise<void> {
  await turn();
  texts.set(profile.user_id, JSON.stringify(profile));
}

const classic: UserProfileStore = {
  lookup: async (userId) => (texts.has(userId) ? read(userId) : null),
  save: write,
};

const withAssign: UserProfileStore = {
  ...classic,
  async assign(userId, assignments) {
    const profile = await read(userId);
    const winners: Record<string, string> = {};
    for (const [id, { variationId, replaces }] of Object.entries(assignments)) {
      const stored = Object.hasOwn(profile.experiment_bucket_map, id)
        ? profile.experiment_bucket_map[id]?.variation_id
        : undefined;
      const wins = stored === undefined || stored === replaces;
      if (wins) profile.experiment_bucket_map[id] = { variation_id: variationId };
      winners[id] = wins ? variationId : stored;
    }
    await write(profile);
    return winners;
  },
  // The id of the user stays behind.
  remove: (userId) => write({ user_id: userId, experiment_bucket_map: {} }),
};

describeUserProfileStore('classic', () => ({ store: classic }));
describeUserProfileStore('with assign', () => ({ store: withAssign }));
