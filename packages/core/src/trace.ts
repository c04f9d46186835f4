/** What an evaluation writes down when asked. */
import type { Audience, JsonValue, TrafficRange, Variation } from './project-config.ts';
import type { AudienceCheck, Reason, TrafficSpan, Verdict } from './reasons.ts';
import type { AttributeValue } from './user.ts';

/** A condition in the datafile's spelling. */
export interface Condition {
  readonly type?: JsonValue;
  readonly name?: JsonValue;
  readonly match?: JsonValue;
  readonly value?: JsonValue;
}

/**
 * Collects reasons and, for explanations, the verdict of every condition. Decisions pass a trace only when reasons are
 * wanted, so that otherwise none are built.
 */
export interface Trace {
  readonly reasons: Reason[];
  /** Absent when only reasons are wanted; see `detailedTrace`. */
  readonly details?: TraceDetails | undefined;
}

/** What an explanation shows beyond the reasons. The steps of a decision call it; without one they carry none of its code. */
export interface TraceDetails {
  /** A condition was evaluated. @param kind Absent for a condition that is not understood. */
  condition(condition: Condition, verdict: Verdict, kind?: 'attribute' | 'segment', actual?: AttributeValue): void;
  /** Evaluates an audience and notes its conditions. @param evaluate Is given the trace when they are to be noted. */
  audience(id: string, audience: Audience | undefined, evaluate: (trace?: Trace) => Verdict): Verdict;
  /** Returns the audiences that were evaluated since the last call. */
  takeAudiences(): readonly AudienceCheck[];
  /** Returns the traffic line of these ranges; `undefined` when the explanation has no room for it. */
  traffic(
    ranges: readonly TrafficRange[],
    findVariation: (id: string) => Variation | undefined,
  ): readonly TrafficSpan[] | undefined;
}
