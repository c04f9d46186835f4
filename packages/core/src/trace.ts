/**
 * What an evaluation writes down when asked: reasons as data, and for explanations the verdict of every condition.
 *
 * Decisions pass no trace at all unless reasons were asked for, so that none are built for nobody.
 */
import type { AudienceCheck, ConditionCheck } from './audience-check.ts';
import type { Reason } from './reasons.ts';

/** Collects what happened. */
export interface Trace {
  readonly reasons: Reason[];
  /** Audiences of the rule being evaluated; absent when only reasons are wanted. */
  audiences?: AudienceCheck[];
  /** Conditions of the audience being evaluated. */
  conditions?: ConditionCheck[] | undefined;
}
