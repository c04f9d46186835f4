/** What is known of a decision beyond its fields and its reasons, in words that programs can rely on. */
import type { DecisionBasis, DecisionErrorCode, DecisionSource } from '@sortition/core';
import { FlagDecision } from '../flag-decision.ts';

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
  const origin = FlagDecision.originOf(decision);
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
