/** A user's stored assignments as the calls of one context see them. */
import { type Assignments, type Reason, SdkError, type UserProfile } from '@sortition/core';
import { LEND, type LentProfile } from '@sortition/core/internal';

/** The result of a lookup, and of saving new assignments. */
export interface ProfileSession {
  readonly stored?: Assignments;
  /** The profile that was looked up, for stores that save whole profiles. */
  readonly profile?: UserProfile | undefined;
  /** Why the profile could not be read or written, if that failed. */
  readonly reason?: Reason;
  /**
   * The client's number of saved profiles at the time of the lookup, to recognise a stale one. Absent when the store's
   * own assignments are used.
   */
  readonly savesBefore?: number;
  /** Assignments made since the profile was loaded; every later call of the context uses them. */
  readonly made?: Map<string, string>;
  /** After a save: the assignments another writer made first, experiment id to the variation id that is stored. */
  readonly conflicts?: ReadonlyMap<string, string>;
}

/**
 * Reads the result of a lookup. Entries are validated when a decision reads them, because a profile may hold thousands.
 *
 * @throws SdkError `invalid-response` for anything but a profile of this user or no profile. An unreadable profile must
 * not be treated as empty, because the next save would overwrite it.
 */
export function toSession(userId: string, answer: unknown, savesBefore: number): ProfileSession {
  if (answer === null || answer === undefined) return { savesBefore };
  const profile = answer as UserProfile & Partial<LentProfile>;
  // Some stores return an empty object for unknown users; the official SDK accepts that too.
  if (typeof answer === 'object' && !Array.isArray(answer) && (profile.user_id ?? null) === null)
    return { savesBefore };
  if (typeof answer !== 'object' || profile.user_id !== userId) throw invalidProfile('a profile of this user');
  const lent = profile[LEND];
  if (lent) return { stored: lent };
  return { stored: readEntries(profile.experiment_bucket_map), profile, savesBefore };
}

/** Returns the session for a context to keep; assignments of later calls are added to it. */
export function keepSession(session: ProfileSession): ProfileSession {
  const { stored } = session;
  const made = new Map<string, string>();
  return { ...session, made, stored: { get: (id) => made.get(id) ?? stored?.get(id) } };
}

function readEntries(map: unknown): Assignments {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw invalidProfile('an "experiment_bucket_map"');
  const entries = map as UserProfile['experiment_bucket_map'];
  return {
    get(experimentId) {
      try {
        const variationId: unknown = Object.hasOwn(entries, experimentId) && entries[experimentId]?.variation_id;
        return typeof variationId === 'string' ? variationId : undefined;
      } catch {
        return undefined; // an entry that cannot be read is not an assignment
      }
    },
  };
}

function invalidProfile(expected: string): SdkError {
  return new SdkError('invalid-response', `The profile store did not return ${expected}.`);
}
