/** Details of a decision in addition to its fields and reasons, as stable words for programs. */
import type { DecisionBasis, DecisionErrorCode, DecisionSource } from '@sortition/core';
import { originOf } from '../flag-decision.ts';

/** The details of a decision. */
export interface DecisionDetails {
  /** Why there is no decision; `null` when there is one, which includes "no rule serves the user". */
  readonly errorCode: DecisionErrorCode | null;
  /** The step that decided; `null` for errors. */
  readonly basis: DecisionBasis | null;
  /** The kind of rule that decided; `null` for errors, and when no rule did. */
  readonly ruleType: DecisionSource | null;
  /** Id of the deciding rule; `null` when the flag itself was forced or no rule decided. */
  readonly experimentId: string | null;
  readonly variationId: string | null;
  /** Revision of the datafile; `null` before there was one. */
  readonly revision: string | null;
}

/** Returns the details of a decision; `null` for anything but a decision of a client. */
export function decisionDetails(decision: object): DecisionDetails | null {
  const origin = originOf(decision);
  if (origin === null) return null;
  const { config, outcome } = origin;
  return {
    errorCode: outcome ? outcome.errorCode : config ? 'evaluation-failed' : 'not-ready',
    basis: outcome?.basis ?? null,
    ruleType: outcome?.rule ? outcome.source : null,
    experimentId: outcome?.rule?.id ?? null,
    variationId: outcome?.variation?.id ?? null,
    revision: config?.revision ?? null,
  };
}

/**
 * Returns an object that identifies the outcome of a decision: all decisions with the same datafile, flag, variation,
 * rule and basis have the same object. It may be the key of a cache for values derived from a decision, if they do not
 * depend on the user or the reasons, and if the variables, which an option can exclude, were included.
 *
 * @returns `null` for a decision that has no such object: an error, one by a prediction, and anything but a decision of a client.
 */
export function sharedAnswer(decision: object): object | null {
  const outcome = originOf(decision)?.outcome;
  return outcome?.status === 'decided' && outcome.cmabUuid === undefined ? outcome : null;
}
