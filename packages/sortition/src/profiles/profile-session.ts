/** A user's stored assignments as one call sees them, and what a call writes back. */
import {
  type Assignments,
  type NewAssignments,
  type Reason,
  setOwn,
  type UserProfile,
  type UserSnapshot,
} from '@sortition/core';

/** What a lookup brought. */
export interface ProfileSession {
  readonly stored: Assignments | undefined;
  /** The profile that was looked up, for stores that save whole profiles. */
  readonly profile: UserProfile | undefined;
  /** Why the profile could not be used, if so. */
  readonly reason?: Reason;
}

/** The session of a user without a profile. */
export const NOTHING_STORED: ProfileSession = { stored: undefined, profile: undefined };

/** Reads what a store answered; a profile of somebody else, or of no shape at all, is no profile. */
export function toSession(userId: string, profile: unknown): ProfileSession {
  const candidate = profile as Partial<UserProfile> | null | undefined;
  if (candidate?.user_id !== userId || typeof candidate.experiment_bucket_map !== 'object') return NOTHING_STORED;
  const map = candidate.experiment_bucket_map;
  if (map === null) return NOTHING_STORED;
  return { stored: { get: (experimentId) => readEntry(map, experimentId) }, profile: candidate as UserProfile };
}

/** Entries are validated when they are read: a profile may hold thousands. */
function readEntry(map: UserProfile['experiment_bucket_map'], experimentId: string): string | undefined {
  try {
    const variationId: unknown = Object.hasOwn(map, experimentId) ? map[experimentId]?.variation_id : undefined;
    return typeof variationId === 'string' ? variationId : undefined;
  } catch {
    return undefined; // an entry that cannot be read is no assignment
  }
}

/** What an atomic store is asked to write. An assignment that no longer exists is replaced, by name. */
export function toNewAssignments({ stored }: ProfileSession, fresh: ReadonlyMap<string, string>): NewAssignments {
  const assignments: NewAssignments = {};
  for (const [experimentId, variationId] of fresh) {
    const replaces = stored?.get(experimentId);
    setOwn(assignments, experimentId, replaces === undefined ? { variationId } : { variationId, replaces });
  }
  return assignments;
}

/** The whole profile for a store that saves documents: what was there, what the attributes brought, what is new. */
export function mergeProfile(
  user: UserSnapshot,
  { profile }: ProfileSession,
  fresh: ReadonlyMap<string, string>,
): UserProfile {
  const map: UserProfile['experiment_bucket_map'] = { ...profile?.experiment_bucket_map };
  for (const assignments of [user.attributeAssignments, fresh]) {
    for (const [experimentId, variationId] of assignments ?? []) {
      setOwn(map, experimentId, { variation_id: variationId });
    }
  }
  return { user_id: user.userId, experiment_bucket_map: map };
}

/** Returns the assignments another writer made first, from what an atomic store answered. */
export function findConflicts(fresh: ReadonlyMap<string, string>, winners: unknown): ReadonlyMap<string, string> {
  const lost = new Map<string, string>();
  if (typeof winners !== 'object' || winners === null) return lost;
  for (const [experimentId, variationId] of fresh) {
    const winner: unknown = Object.hasOwn(winners, experimentId)
      ? (winners as Record<string, unknown>)[experimentId]
      : undefined;
    if (typeof winner === 'string' && winner !== variationId) lost.set(experimentId, winner);
  }
  return lost;
}
