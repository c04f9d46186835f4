/** What an evaluation writes down when asked. */
import type { CompiledAudiences } from './audiences.ts';
import type { NodeRef } from './condition-tree.ts';
import type { TrafficRange, Variation } from './project-config.ts';
import type { AudienceCheck, Reason, TrafficSpan } from './reasons.ts';
import type { UserSnapshot } from './user.ts';

/**
 * Collects reasons and, for explanations, the verdict of every condition. Decisions pass a trace only when reasons are
 * wanted, so that otherwise none are built.
 */
export interface Trace {
  readonly reasons: Reason[];
  /** Absent when only reasons are wanted; see `detailedTrace`. */
  readonly details?: TraceDetails | undefined;
}

/** What an explanation shows beyond the reasons: made by `detailedTrace` only, and to be passed on as it is. The steps of a decision call it; without one they carry none of its code. */
export interface TraceDetails {
  /** Returns the audiences that settle whether the user meets those of a rule, each with the conditions that do. */
  audiences(audiences: CompiledAudiences, ref: NodeRef | null, user: UserSnapshot): readonly AudienceCheck[];
  /** Returns the traffic line of these ranges; `undefined` when the explanation has no room for it. */
  traffic(
    ranges: readonly TrafficRange[],
    findVariation: (id: string) => Variation | undefined,
  ): readonly TrafficSpan[] | undefined;
}
