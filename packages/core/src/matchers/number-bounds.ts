/** Numbers take part in comparisons only within the range in which doubles hold every integer. */
const BOUND = 9_007_199_254_740_992;

/** Tells whether a value is a number in `[-2^53, 2^53]`; NaN and infinities are not. */
export function isNumberInBounds(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= BOUND;
}
