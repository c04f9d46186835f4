/** What is known of a decision beyond its fields and its reasons, in words that programs can rely on. */
import type { DecisionBasis, DecisionErrorCode, DecisionSource } from '@sortition/core';
import { originOf } from '../flag-decision.ts';

/** How a decision came about. */
export interface DecisionDetails {
  /** Why there is no decision; `null` when there is one, which includes "no rule serves the user". */
  readonly errorCode: DecisionErrorCode | null;
  /** What settled it; `null` for errors. */
  readonly basis: DecisionBasis | null;
  /** What kind of rule decided; `null` for errors, and when no rule did. */
  readonly ruleType: DecisionSource | null;
  /** Id of the deciding rule; `null` when the flag itself was forced or no rule decided. */
  readonly experimentId: string | null;
  readonly variationId: string | null;
  /** Of the datafile that was asked; `null` before there was one. */
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
 * Returns the object that stands for the answer of a decision: the same for all users whom one datafile gives the variation of
 * one flag, by one rule and for one reason. What is made of such a decision may be kept by it, as long as it is made without
 * the user and the reasons, and with the variables, which an option can exclude.
 *
 * @returns `null` for a decision that has no such object: an error, one by a prediction, and anything but a decision of a client.
 */
export function sharedAnswer(decision: object): object | null {
  const outcome = originOf(decision)?.outcome;
  return outcome?.status === 'decided' && outcome.cmabUuid === undefined ? outcome : null;
}
