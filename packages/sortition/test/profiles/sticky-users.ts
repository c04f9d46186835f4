/** Users whose bucket is known, and the asynchronous classic store most tests need. */
import type { UserProfile, UserProfileStore } from '@sortition/core';
import { createShopClient } from '../recording.ts';

/** A bucketing id that puts any user into this variation of the flag `split`. */
export const TO_LEFT: string = bucketingIdFor('left');
export const TO_RIGHT: string = bucketingIdFor('right');

/** Attributes that move a user to the other half of the traffic, as a change of the split would. */
export function bucketed(bucketingId: string): { $opt_bucketing_id: string } {
  return { $opt_bucketing_id: bucketingId };
}

function bucketingIdFor(variationKey: string): string {
  const client = createShopClient();
  for (let index = 0; ; index += 1) {
    if (client.createUserContext(`id-${index}`).decide('split').variationKey === variationKey) return `id-${index}`;
  }
}

/** A stored profile. */
export function profileOf(userId: string, assignments: Record<string, string>): UserProfile {
  const entries = Object.entries(assignments).map(([id, variation_id]) => [id, { variation_id }]);
  return { user_id: userId, experiment_bucket_map: Object.fromEntries(entries) };
}

/** A classic asynchronous store: whole documents, each call takes a turn of the event loop, both calls are counted. */
export function createDocumentStore(
  profiles: readonly UserProfile[] = [],
  turn: () => Promise<unknown> = () => new Promise((resolve) => setTimeout(resolve, 1)),
): Required<Pick<UserProfileStore, 'lookup' | 'save'>> & {
  readonly documents: Map<string, UserProfile>;
  readonly calls: string[];
} {
  const documents = new Map(profiles.map((profile) => [profile.user_id, profile]));
  const calls: string[] = [];
  return {
    documents,
    calls,
    async lookup(userId) {
      calls.push('lookup');
      await turn();
      const found = documents.get(userId);
      return found ? structuredClone(found) : null;
    },
    async save(profile) {
      calls.push('save');
      const document = structuredClone(profile);
      await turn();
      documents.set(profile.user_id, document);
    },
  };
}
