/** What differs between two datafiles. */

/** One difference, by meaning. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly entity:
    | 'flag'
    | 'rule'
    | 'variation'
    | 'variable'
    | 'audience'
    | 'holdout'
    | 'group'
    | 'event'
    | 'attribute'
    | 'project';
  /** Key or name; `<flag key>/<key>` for a part of a flag. */
  readonly key: string;
  /**
   * The values before and after, such as `split: classic 50 %, one_page 50 % -> classic 100 %`; `''` for what is added
   * or removed.
   */
  readonly detail: string;
  /**
   * Whether code written for the old datafile can fail with the new one: a key was removed, or a value has another
   * type.
   */
  readonly breaking: boolean;
}
