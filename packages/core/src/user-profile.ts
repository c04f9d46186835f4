/**
 * User profiles built from assignments: the documented record, made only when somebody looks at it.
 *
 * A decision reads one or two entries of a profile that may hold thousands. A store that keeps assignments in a `Map`
 * answers with a profile that carries the map along and copies it on the first access to the record.
 */
import type { UserProfile } from './ports.ts';
import { type Assignments, setOwn } from './user.ts';

/** Registered, so that two copies of this package understand each other. */
const ASSIGNMENTS: unique symbol = /* @__PURE__ */ Symbol.for('sortition.assignments') as never;

/**
 * Builds a profile in the documented format. The record is the caller's own, to change as they like.
 *
 * @param assignments Experiment id to variation id. Not copied: must not change afterwards.
 */
export function createUserProfile(userId: string, assignments: ReadonlyMap<string, string>): UserProfile {
  const profile: UserProfile = {
    user_id: userId,
    get experiment_bucket_map(): UserProfile['experiment_bucket_map'] {
      const record = toRecord(assignments);
      keepRecord(this, record);
      return record;
    },
    set experiment_bucket_map(record) {
      keepRecord(this, record);
    },
  };
  return Object.defineProperty(profile, ASSIGNMENTS, { value: assignments, configurable: true });
}

/** Returns the assignments behind a profile whose record nobody has seen, and thus nobody has changed. */
export function assignmentsBehind(profile: object): Assignments | undefined {
  return (profile as { readonly [ASSIGNMENTS]?: Assignments })[ASSIGNMENTS];
}

/** From now on the record is the truth. */
function keepRecord(profile: UserProfile, record: UserProfile['experiment_bucket_map']): void {
  Reflect.deleteProperty(profile, ASSIGNMENTS);
  const value = { value: record, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(profile, 'experiment_bucket_map', value);
}

function toRecord(assignments: ReadonlyMap<string, string>): UserProfile['experiment_bucket_map'] {
  const record: UserProfile['experiment_bucket_map'] = {};
  for (const [experimentId, variationId] of assignments) setOwn(record, experimentId, { variation_id: variationId });
  return record;
}
