/**
 * Completing evaluations after their new assignments were stored: flags are evaluated again where another writer was
 * first.
 */
import type { Evaluated, EvaluateFlag } from '../../evaluated.ts';
import type { FreshAssignments } from './new-assignments.ts';
import type { ProfileSession } from './profile-session.ts';

/**
 * Completes evaluations: a flag whose experiment another writer assigned first is evaluated again with that assignment,
 * and errors of the store are added to the reasons.
 *
 * @param session The session after new assignments were stored.
 */
export function completeAll(
  session: ProfileSession,
  evaluations: Iterable<Evaluated>,
  evaluate: EvaluateFlag,
): Iterable<Evaluated> {
  if (!session.conflicts?.size && !session.reason) return evaluations;
  return Array.from(evaluations, (evaluated) => complete(session, evaluated, evaluate));
}

/** Completes the evaluation of one flag. */
export function complete(session: ProfileSession, first: Evaluated, evaluate: EvaluateFlag): Evaluated {
  const { conflicts, reason } = session;
  const last =
    conflicts?.size && wasOvertaken(first, conflicts) ? evaluate(first.flagKey, session.stored, conflicts) : first;
  // An error of the store is always a reason; that a profile was not loaded only if reasons are wanted.
  const isTold = reason && (last.reasons || reason.code !== 'profile-not-loaded');
  return isTold ? { ...last, told: reason } : last;
}

/**
 * Returns whether an outcome depends on an assignment that lost to another writer: its own, or one made earlier in the
 * call.
 */
function wasOvertaken({ outcome }: Evaluated, lost: FreshAssignments): boolean {
  return [outcome?.rule?.id, outcome?.assignment?.experimentId].some((id) => id !== undefined && lost.has(id));
}
