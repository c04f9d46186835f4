/**
 * User profiles from stored assignments: a copy for callers, or for a decision the store's own map without copying.
 *
 * A decision reads one or two entries of a profile that may hold thousands, and keeps none. With the argument `LEND`,
 * our own stores return their assignments instead of building the documented record of all of them.
 */
import type { UserProfile, UserProfileStore } from './ports.ts';
import { type Assignments, setOwn } from './user.ts';

/**
 * Second argument of `lookup`, and a property of the stores that support it. A registered symbol, so that copies of
 * this package agree.
 */
export const LEND: unique symbol = /* @__PURE__ */ Symbol.for('sortition.lend') as never;

/** Assignments of a store that a decision reads and does not keep. */
export interface LentProfile {
  readonly user_id: string;
  readonly [LEND]: Assignments;
}

/**
 * Looks up a profile: without a copy if the store supports that, otherwise as documented. Returns and throws what the
 * store does.
 */
export function borrowProfile(store: UserProfileStore, userId: string): unknown {
  return LEND in store
    ? (store as { lookup(userId: string, access: typeof LEND): unknown }).lookup(userId, LEND)
    : store.lookup?.(userId);
}

/**
 * Returns the result of a lookup: the assignments themselves when called with `LEND`, otherwise a new profile in the
 * documented format.
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
