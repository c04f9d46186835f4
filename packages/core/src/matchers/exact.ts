/** Equality of strings, booleans and numbers in bounds; a value of another type is unknown. */

import type { CompileMatcher } from './matcher.ts';
import { isNumberInBounds } from './number-bounds.ts';

export const exact: CompileMatcher = (expected) => {
  if (isNumberInBounds(expected)) return (actual) => (isNumberInBounds(actual) ? actual === expected : null);
  if (typeof expected === 'string') return (actual) => (typeof actual === 'string' ? actual === expected : null);
  if (typeof expected === 'boolean') return (actual) => (typeof actual === 'boolean' ? actual === expected : null);
  return null;
};
