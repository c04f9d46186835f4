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
  /** Key or name; of what belongs to a flag, `<flag key>/<key>`. */
  readonly key: string;
  /** What was and what is, such as `split: classic 50 %, one_page 50 % -> classic 100 %`; `''` for what is added or removed. */
  readonly detail: string;
  /** Whether code that uses the datafile before can fail with the one after: a key is gone, or a value has another type. */
  readonly breaking: boolean;
}
