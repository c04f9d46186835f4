/** Evaluating the flags of a user whose assignments are stored: with what is stored, and again where another writer was first. */
import { addAssignment, type Evaluated, type EvaluateFlag } from '../../evaluated.ts';
import type { FreshAssignments } from './new-assignments.ts';
import type { ProfileSession } from './profile-session.ts';

/**
 * Evaluates flags; each sees the assignments of those before.
 *
 * @returns The evaluations, and the assignments they made.
 */
export function evaluateStored(
  session: ProfileSession,
  flagKeys: Iterable<string>,
  evaluate: EvaluateFlag,
): readonly [readonly Evaluated[], FreshAssignments] {
  const fresh = new Map<string, string>();
  const evaluations = Array.from(flagKeys, (flagKey) => {
    const evaluated = evaluate(flagKey, session.stored, fresh);
    addAssignment(fresh, evaluated);
    return evaluated;
  });
  return [evaluations, fresh];
}

/**
 * Completes evaluations: a flag whose assignment another writer made first is evaluated again with theirs, and what went
 * wrong with the store is told.
 *
 * @param session As it stands when new assignments are stored.
 */
export function complete(
  { conflicts, reason, stored }: ProfileSession,
  evaluations: Iterable<Evaluated>,
  evaluate: EvaluateFlag,
): readonly Evaluated[] {
  return Array.from(evaluations, (first) => {
    const last = conflicts && wasOvertaken(first, conflicts) ? evaluate(first.flagKey, stored, conflicts) : first;
    // An error of the store is always told; that a profile was not loaded only to callers that ask for reasons.
    const isTold = reason && (last.reasons || reason.code !== 'profile-not-loaded');
    return isTold ? { ...last, told: reason } : last;
  });
}

/** Whether an outcome rests on an assignment that lost against another writer's, its own or one made earlier in the call. */
function wasOvertaken({ outcome }: Evaluated, lost: FreshAssignments): boolean {
  return [outcome?.rule?.id, outcome?.assignment?.experimentId].some((id) => id !== undefined && lost.has(id));
}
