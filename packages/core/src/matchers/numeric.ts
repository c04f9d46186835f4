/** The four numeric comparisons; anything but numbers in bounds on both sides is unknown. */
import type { CompileMatcher, Matcher } from './matcher.ts';
import { isNumberInBounds } from './number-bounds.ts';

// Functions rather than results of a call, which bundlers would have to keep even where nobody uses them.
export const greaterThan: CompileMatcher = (expected) => compare(expected, (actual, bound) => actual > bound);
export const greaterOrEqual: CompileMatcher = (expected) => compare(expected, (actual, bound) => actual >= bound);
export const lessThan: CompileMatcher = (expected) => compare(expected, (actual, bound) => actual < bound);
export const lessOrEqual: CompileMatcher = (expected) => compare(expected, (actual, bound) => actual <= bound);

function compare(expected: unknown, holds: (actual: number, bound: number) => boolean): Matcher | null {
  if (!isNumberInBounds(expected)) return null;
  return (actual) => (isNumberInBounds(actual) ? holds(actual, expected) : null);
}
