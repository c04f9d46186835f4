/** New assignments: what is written to a store, and the result of writing it. */
import { type NewAssignments, SdkError, type UserProfile, type UserSnapshot, type Winners } from '@sortition/core';
import { setOwn } from '@sortition/core/internal';
import type { ProfileSession } from './profile-session.ts';

/** New assignments: experiment id to variation id. */
export type FreshAssignments = ReadonlyMap<string, string>;

/** Returns the assignments to write. Each names the stale variation id that it replaces, if any. */
export function toNewAssignments({ stored }: ProfileSession, fresh: FreshAssignments): NewAssignments {
  const assignments: NewAssignments = {};
  for (const [experimentId, variationId] of fresh) {
    const replaces = stored?.get(experimentId);
    setOwn(assignments, experimentId, replaces === undefined ? { variationId } : { variationId, replaces });
  }
  return assignments;
}

/** The profile to save, `null` when nothing in it is new, and its entries for the new assignments. */
export interface MergedProfile {
  readonly profile: UserProfile | null;
  readonly winners: Winners;
}

/**
 * Merges new assignments into the current profile: existing entries stay, readable or not; assignments from the
 * attributes are added; and an assignment that another process made in the meantime wins.
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
 * Returns the assignments that another writer made first.
 *
 * @throws SdkError `invalid-response` when the result of the store does not contain what is stored.
 */
export function findConflicts(fresh: FreshAssignments, winners: unknown): FreshAssignments {
  if (typeof winners !== 'object' || winners === null) {
    throw new SdkError('invalid-response', '"assign" of the profile store did not return what is stored.');
  }
  const lost = new Map<string, string>();
  for (const [experimentId, variationId] of fresh) {
    const winner: unknown = Object.hasOwn(winners, experimentId) && (winners as Winners)[experimentId];
    if (typeof winner === 'string' && winner !== variationId) lost.set(experimentId, winner);
  }
  return lost;
}
