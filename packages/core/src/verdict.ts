/** The answer of a condition: `null` means unknown, because a value was missing, unsuitable, or the condition is not understood. */
export type Verdict = boolean | null;

/**
 * What a user came to in each audience of a config. Users are immutable and audiences read nothing else, so that a
 * verdict stays true; users of many flags, and contexts that are kept, meet the same audiences over and over.
 */
export interface RememberedVerdicts {
  /** The audiences the list is about; those of another config start a new one. */
  readonly of: object;
  /** By number of the audience; `undefined` where none was needed yet. */
  readonly list: (Verdict | undefined)[];
}
