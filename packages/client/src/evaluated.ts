/** The result of evaluating one flag. */
import type { Assignments, DecisionOutcome, Reason } from '@sortition/core';

/** A flag's outcome, or `null` when it could not be evaluated. */
export interface Evaluated {
  readonly flagKey: string;
  readonly outcome: DecisionOutcome | null;
  /** Absent without INCLUDE_REASONS, except for errors. */
  readonly reasons: Reason[] | undefined;
  /** Why stored assignments could not be read or written, if the decision is to say so. */
  readonly told?: Reason | undefined;
}

/** Evaluates a flag of a call with stored assignments, and with those made earlier in the call. */
export type EvaluateFlag = (
  flagKey: string,
  stored: Assignments | undefined,
  fresh: Assignments | undefined,
) => Evaluated;

/** Adds the assignment an evaluation made, if any. */
export function addAssignment(fresh: Map<string, string>, { outcome }: Evaluated): void {
  if (outcome?.assignment) fresh.set(outcome.assignment.experimentId, outcome.assignment.variationId);
}

/** Evaluates flags one after the other, and adds the assignments they make. */
export function evaluateInTurn(
  flagKeys: Iterable<string>,
  fresh: Map<string, string> | undefined,
  evaluate: (flagKey: string) => Evaluated,
): Evaluated[] {
  const evaluations: Evaluated[] = [];
  for (const flagKey of flagKeys) {
    const evaluated = evaluate(flagKey);
    if (fresh) addAssignment(fresh, evaluated);
    evaluations.push(evaluated);
  }
  return evaluations;
}
