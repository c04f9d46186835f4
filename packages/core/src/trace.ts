/** What an evaluation writes down when asked, and how much of it. */
import type { AudienceCheck, ConditionCheck, Reason } from './reasons.ts';

/**
 * Collects reasons and, for explanations, the verdict of every condition. Decisions pass a trace only when reasons are
 * wanted, so that otherwise none are built.
 */
export interface Trace {
  readonly reasons: Reason[];
  /** Audiences of the rule being evaluated; absent when only reasons are wanted. */
  audiences?: AudienceCheck[];
  /** Conditions of the audience being evaluated. */
  conditions?: ConditionCheck[] | undefined;
  /** How many conditions and parts of traffic the explanation may still show; set at the first one. */
  details?: number;
}

/** An explanation shows no more than this many conditions and parts of traffic. */
const MAX_DETAILS = 20_000;

/** Takes details from what an explanation may still show; tells whether there was enough left. */
export function takeDetails(trace: Trace, count: number): boolean {
  const left = trace.details ?? MAX_DETAILS;
  if (left < 0) return false;
  trace.details = left - count;
  if (trace.details < 0) trace.reasons.push({ code: 'details-omitted' });
  return trace.details >= 0;
}
