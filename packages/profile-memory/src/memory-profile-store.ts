/**
 * Sticky assignments in the memory of this process: for tests, for single servers, and as a cache-like last resort.
 *
 * Bounded: the last `maxUsers` users are always there, and never more than twice as many.
 */
import type { NewAssignments, ProfileStoreHost, UserProfile, UserProfileStore, Winners } from '@sortition/core';
import {
  answerLookup,
  checkOptionsObject,
  LEND,
  listUnknownOptions,
  readInteger,
  setOwn,
} from '@sortition/core/internal';
import QuickLRU from 'quick-lru';

/** Options of the memory store. */
export interface MemoryProfileStoreOptions {
  /** Least number of users; an integer from 1, 10,000 by default. */
  readonly maxUsers?: number | undefined;
}

/** Experiment id to variation id. Replaced on a write, never changed, because returned profiles refer to it. */
type AssignmentsOfUser = ReadonlyMap<string, string>;

const OWNER = 'createMemoryProfileStore';
const NO_ASSIGNMENTS: AssignmentsOfUser = /* @__PURE__ */ new Map();

/**
 * Creates a store that keeps assignments in memory. Synchronous; profiles are copied on the way in and out.
 *
 * @throws SdkError `invalid-option` when `maxUsers` is not an integer from 1, or the options are not an object.
 * @example
 * const client = createClient({ config, profiles: createMemoryProfileStore() });
 */
export function createMemoryProfileStore(options: MemoryProfileStoreOptions = {}): UserProfileStore {
  const given = options ?? {};
  checkOptionsObject(OWNER, given);
  const unknown = listUnknownOptions(OWNER, given, ['maxUsers']);
  const maxUsers = readInteger(OWNER, given, 'maxUsers', 10_000);
  const users = new QuickLRU<string, AssignmentsOfUser>({ maxSize: maxUsers });
  const store = {
    sync: true,
    [LEND]: true,
    lookup(userId: string, access?: unknown): UserProfile | null {
      const assignments = users.get(userId);
      return assignments ? (answerLookup(userId, assignments, access) as UserProfile) : null;
    },
    save(profile: UserProfile): void {
      const assignments = new Map(users.get(profile.user_id));
      for (const [experimentId, entry] of Object.entries(profile.experiment_bucket_map)) {
        if (typeof entry?.variation_id === 'string') assignments.set(experimentId, entry.variation_id);
      }
      users.set(profile.user_id, assignments);
    },
    assign(userId: string, wanted: NewAssignments): Winners {
      const { assignments, winners } = assignEach(users.get(userId) ?? NO_ASSIGNMENTS, wanted);
      users.set(userId, assignments);
      return winners;
    },
    remove(userId: string): void {
      users.delete(userId);
    },
    attach({ problem }: ProfileStoreHost): void {
      if (unknown) problem({ code: 'unknown-option', part: 'profiles', message: unknown });
    },
  };
  return store;
}

/** The first writer of an assignment wins, unless the stored one equals `replaces`. */
function assignEach(
  before: AssignmentsOfUser,
  wanted: NewAssignments,
): { assignments: AssignmentsOfUser; winners: Winners } {
  const assignments = new Map(before);
  const winners: Record<string, string> = {};
  for (const [experimentId, { variationId, replaces }] of Object.entries(wanted)) {
    const stored = assignments.get(experimentId);
    if (stored === undefined || stored === replaces) assignments.set(experimentId, variationId);
    setOwn(winners, experimentId, assignments.get(experimentId));
  }
  return { assignments, winners };
}
