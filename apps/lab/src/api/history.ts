/** What was published, as `GET /api/history` and a conflict answer it. */

/** One revision. */
export interface VersionRow {
  readonly revision: string;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
  /** What was done, in words. */
  readonly summary: string;
}

/** One thing that differs between two revisions. */
export interface Difference {
  readonly kind:
    | 'flag'
    | 'experiment'
    | 'delivery'
    | 'holdout'
    | 'group'
    | 'audience'
    | 'attribute'
    | 'event'
    | 'project';
  /** Key, or for audiences the name. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** What of it changed; empty for what was added or removed as a whole. */
  readonly fields: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
}

/** Why a write was not made: another one came first. */
export interface Conflict {
  readonly error: string;
  /** The revision in effect now. */
  readonly revision: string;
  /** From the revision the write started from to the one in effect; `null` when that revision is not known. */
  readonly differences: readonly Difference[] | null;
}

/** How a change of a split touches the users of a rule seen so far. */
export interface MovePreview {
  readonly trafficAllocation: readonly { readonly entityId: string; readonly endOfRange: number }[];
  /** Percent of all traffic whose variation is another one, or none, afterwards. */
  readonly movedShare: number;
  /** Users who were given a variation by this rule's split so far. */
  readonly seenUsers: number;
  /** How many of them are given another one, or none, afterwards. */
  readonly movedUsers: number;
}
