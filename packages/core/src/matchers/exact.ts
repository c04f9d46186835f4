/** Equality of strings, booleans and numbers in bounds; a value of another type is unknown. */

import type { CompileMatcher } from './matcher.ts';
import { isNumberInBounds } from './number-bounds.ts';

export const exact: CompileMatcher = (expected) => {
  if (!isComparable(expected)) return null;
  return (actual) => (typeof actual === typeof expected && isComparable(actual) ? actual === expected : null);
};

function isComparable(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || isNumberInBounds(value);
}
