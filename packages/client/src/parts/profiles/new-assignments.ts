/** New assignments on their way into a store, and what the store says became of them. */
import { type NewAssignments, SdkError, type UserProfile, type UserSnapshot, type Winners } from '@sortition/core';
import { setOwn } from '@sortition/core/internal';
import type { ProfileSession } from './profile-session.ts';

/** New assignments: experiment id to variation id. */
export type FreshAssignments = ReadonlyMap<string, string>;

/** What is to be written. An assignment that no longer exists is replaced, by name. */
export function toNewAssignments({ stored }: ProfileSession, fresh: FreshAssignments): NewAssignments {
  const assignments: NewAssignments = {};
  for (const [experimentId, variationId] of fresh) {
    const replaces = stored?.get(experimentId);
    setOwn(assignments, experimentId, replaces === undefined ? { variationId } : { variationId, replaces });
  }
  return assignments;
}

/** A whole profile to save, `null` when there is nothing new in it, and what it holds of the assignments asked for. */
export interface MergedProfile {
  readonly profile: UserProfile | null;
  readonly winners: Winners;
}

/**
 * Merges into the profile as it is now: what was there stays, readable or not, what the attributes brought is added, and
 * an assignment that another process made in the meantime wins.
 */
export function mergeProfile(now: ProfileSession, user: UserSnapshot, wanted: NewAssignments): MergedProfile {
  const map: UserProfile['experiment_bucket_map'] = { ...now.profile?.experiment_bucket_map };
  const winners: Record<string, string> = {};
  let profile: UserProfile | null = null;
  for (const [experimentId, variationId] of user.attributeAssignments ?? []) {
    setOwn(map, experimentId, { variation_id: variationId });
  }
  for (const [experimentId, { variationId, replaces }] of Object.entries(wanted)) {
    const stored = now.stored?.get(experimentId);
    const wins = stored === undefined || stored === replaces;
    setOwn(winners, experimentId, wins ? variationId : stored);
    if (!wins) continue;
    setOwn(map, experimentId, { variation_id: variationId });
    profile = { user_id: user.userId, experiment_bucket_map: map };
  }
  return { profile, winners };
}

/**
 * Returns the assignments another writer made first.
 *
 * @throws SdkError `invalid-response` when the answer does not say what is stored.
 */
export function findConflicts(fresh: FreshAssignments, winners: unknown): FreshAssignments {
  if (typeof winners !== 'object' || winners === null) {
    throw new SdkError('invalid-response', 'The profile store answered "assign" without saying what is stored.');
  }
  const lost = new Map<string, string>();
  for (const [experimentId, variationId] of fresh) {
    const winner: unknown = Object.hasOwn(winners, experimentId) && (winners as Winners)[experimentId];
    if (typeof winner === 'string' && winner !== variationId) lost.set(experimentId, winner);
  }
  return lost;
}
