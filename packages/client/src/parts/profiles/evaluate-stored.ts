/** Flags of a user whose assignments are stored, once new ones were: evaluated again where another writer was first. */
import type { Evaluated, EvaluateFlag } from '../../evaluated.ts';
import type { FreshAssignments } from './new-assignments.ts';
import type { ProfileSession } from './profile-session.ts';

/**
 * Completes evaluations: a flag whose assignment another writer made first is evaluated again with theirs, and what went
 * wrong with the store is told.
 *
 * @param session As it stands when new assignments are stored.
 */
export function completeAll(
  session: ProfileSession,
  evaluations: Iterable<Evaluated>,
  evaluate: EvaluateFlag,
): Iterable<Evaluated> {
  if (!session.conflicts?.size && !session.reason) return evaluations;
  return Array.from(evaluations, (evaluated) => complete(session, evaluated, evaluate));
}

/** The same for one flag. */
export function complete(session: ProfileSession, first: Evaluated, evaluate: EvaluateFlag): Evaluated {
  const { conflicts, reason } = session;
  const last =
    conflicts?.size && wasOvertaken(first, conflicts) ? evaluate(first.flagKey, session.stored, conflicts) : first;
  // An error of the store is always told; that a profile was not loaded only to callers that ask for reasons.
  const isTold = reason && (last.reasons || reason.code !== 'profile-not-loaded');
  return isTold ? { ...last, told: reason } : last;
}

/** Whether an outcome rests on an assignment that lost against another writer's, its own or one made earlier in the call. */
function wasOvertaken({ outcome }: Evaluated, lost: FreshAssignments): boolean {
  return [outcome?.rule?.id, outcome?.assignment?.experimentId].some((id) => id !== undefined && lost.has(id));
}
