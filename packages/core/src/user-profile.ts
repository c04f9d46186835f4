/**
 * User profiles out of stored assignments, as a copy for callers, or without copying for a decision.
 *
 * A decision reads one or two entries of a profile that may hold thousands, and keeps none of it. A store of ours that
 * is asked with `LEND` answers with its own assignments instead of building the documented record of all of them.
 */
import type { UserProfile, UserProfileStore } from './ports.ts';
import { type Assignments, setOwn } from './user.ts';

/** Second argument of `lookup`, and mark of the stores that know it. Registered, so that copies of this package agree. */
export const LEND: unique symbol = /* @__PURE__ */ Symbol.for('sortition.lend') as never;

/** Assignments that are read and not kept. */
export interface LentProfile {
  readonly user_id: string;
  readonly [LEND]: Assignments;
}

/** Looks a profile up: as a loan where the store gives any, else as documented. Answers and throws what the store does. */
export function borrowProfile(store: UserProfileStore, userId: string): unknown {
  return LEND in store
    ? (store as { lookup(userId: string, access: typeof LEND): unknown }).lookup(userId, LEND)
    : store.lookup?.(userId);
}

/**
 * Answers a lookup: a loan when it was asked for, else a profile in the documented format that is the caller's own.
 *
 * @param assignments Experiment id to variation id; must not change afterwards.
 */
export function answerLookup(
  userId: string,
  assignments: ReadonlyMap<string, string>,
  access: unknown,
): UserProfile | LentProfile {
  if (access === LEND) return { user_id: userId, [LEND]: assignments };
  const record: UserProfile['experiment_bucket_map'] = {};
  for (const [experimentId, variationId] of assignments) setOwn(record, experimentId, { variation_id: variationId });
  return { user_id: userId, experiment_bucket_map: record };
}
