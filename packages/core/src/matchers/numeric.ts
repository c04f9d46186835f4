/** The four numeric comparisons; anything but numbers in bounds on both sides is unknown. */
import type { CompileMatcher } from './matcher.ts';
import { isNumberInBounds } from './number-bounds.ts';

// Four functions written out, because they are asked for every user: one more call would cost as much as the comparison.
export const greaterThan: CompileMatcher = (expected) =>
  isNumberInBounds(expected) ? (actual) => (isNumberInBounds(actual) ? actual > expected : null) : null;
export const greaterOrEqual: CompileMatcher = (expected) =>
  isNumberInBounds(expected) ? (actual) => (isNumberInBounds(actual) ? actual >= expected : null) : null;
export const lessThan: CompileMatcher = (expected) =>
  isNumberInBounds(expected) ? (actual) => (isNumberInBounds(actual) ? actual < expected : null) : null;
export const lessOrEqual: CompileMatcher = (expected) =>
  isNumberInBounds(expected) ? (actual) => (isNumberInBounds(actual) ? actual <= expected : null) : null;
