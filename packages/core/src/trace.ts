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

/**
 * What an explanation shows beyond the reasons. `detailedTrace` makes it and the steps of a decision call it, so that bundles
 * without explanations hold none of its code. Applications pass it on unchanged.
 */
export interface TraceDetails {
  /** Returns the audiences that settle whether the user meets those of a rule, each with the conditions that do. */
  audiences(audiences: CompiledAudiences, ref: NodeRef | null, user: UserSnapshot): readonly AudienceCheck[];
  /** Returns the traffic line of these ranges; `undefined` when the explanation has no room for it. */
  traffic(
    ranges: readonly TrafficRange[],
    findVariation: (id: string) => Variation | undefined,
  ): readonly TrafficSpan[] | undefined;
}
