/** The result of every comparison of a variation with its control. */

/** Both ends are included; an end may be infinite. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A variation compared with its control. */
export interface Comparison {
  /** Variation minus control, in the unit of the metric. */
  readonly difference: number;
  readonly differenceInterval: Interval;
  /** Difference divided by the control: 0.1 is 10 % more. `null` when the control is 0. */
  readonly lift: number | null;
  readonly liftInterval: Interval | null;
  /** How probable a difference at least this large is when both are the same. */
  readonly pValue: number;
  /** Of the difference. */
  readonly standardError: number;
}
