/** What an evaluation writes down when asked. */
import type { Audience, JsonValue, TrafficRange, Variation } from './project-config.ts';
import type { AudienceCheck, Reason, TrafficSpan } from './reasons.ts';
import type { UserSnapshot } from './user.ts';

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
  /** Returns the audiences of a rule that settle whether the user meets them, each with the conditions that do. */
  audiences(
    tree: JsonValue | undefined,
    definitions: ReadonlyMap<string, Audience>,
    user: UserSnapshot,
  ): readonly AudienceCheck[];
  /** Returns the traffic line of these ranges; `undefined` when the explanation has no room for it. */
  traffic(
    ranges: readonly TrafficRange[],
    findVariation: (id: string) => Variation | undefined,
  ): readonly TrafficSpan[] | undefined;
}
