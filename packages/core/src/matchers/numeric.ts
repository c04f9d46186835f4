/** The four numeric comparisons; anything but numbers in bounds on both sides is unknown. */
import type { CompileMatcher } from './matcher.ts';
import { isNumberInBounds } from './number-bounds.ts';

export const greaterThan: CompileMatcher = compare((actual, expected) => actual > expected);
export const greaterOrEqual: CompileMatcher = compare((actual, expected) => actual >= expected);
export const lessThan: CompileMatcher = compare((actual, expected) => actual < expected);
export const lessOrEqual: CompileMatcher = compare((actual, expected) => actual <= expected);

function compare(holds: (actual: number, expected: number) => boolean): CompileMatcher {
  return (expected) => {
    if (!isNumberInBounds(expected)) return null;
    return (actual) => (isNumberInBounds(actual) ? holds(actual, expected) : null);
  };
}
