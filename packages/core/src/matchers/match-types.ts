/**
 * The match types of attribute conditions, by the name the datafile uses. Each prepares the condition's value once and is
 * then asked for the value of each user.
 */
import type { CompileMatcher } from './matcher.ts';
import {
  versionEqual,
  versionGreater,
  versionGreaterOrEqual,
  versionLess,
  versionLessOrEqual,
} from './semantic-version.ts';

/** Numbers take part in comparisons only within the range in which doubles hold every integer. */
const BOUND = 9_007_199_254_740_992;

/** Equality of strings, booleans and numbers in bounds; a value of another type is unknown. */
const exact: CompileMatcher = (expected) => {
  if (isNumberInBounds(expected)) return (actual) => (isNumberInBounds(actual) ? actual === expected : null);
  if (typeof expected === 'string') return (actual) => (typeof actual === 'string' ? actual === expected : null);
  if (typeof expected === 'boolean') return (actual) => (typeof actual === 'boolean' ? actual === expected : null);
  return null;
};

/** Whether the attribute has a value other than `null`. */
const exists: CompileMatcher = () => (actual) => actual !== undefined && actual !== null;

// The four numeric comparisons; anything but numbers in bounds on both sides is unknown. Written out, because one more call
// per user would cost as much as the comparison.
const greaterThan: CompileMatcher = (expected) =>
  isNumberInBounds(expected) ? (actual) => (isNumberInBounds(actual) ? actual > expected : null) : null;
const greaterOrEqual: CompileMatcher = (expected) =>
  isNumberInBounds(expected) ? (actual) => (isNumberInBounds(actual) ? actual >= expected : null) : null;
const lessThan: CompileMatcher = (expected) =>
  isNumberInBounds(expected) ? (actual) => (isNumberInBounds(actual) ? actual < expected : null) : null;
const lessOrEqual: CompileMatcher = (expected) =>
  isNumberInBounds(expected) ? (actual) => (isNumberInBounds(actual) ? actual <= expected : null) : null;

/** Whether the attribute contains a text. Case-sensitive; the empty text is in every string. */
export const substring: CompileMatcher = (expected) => {
  if (typeof expected !== 'string') return null;
  return (actual) => (typeof actual === 'string' ? actual.includes(expected) : null);
};

const MATCH_TYPES: ReadonlyMap<unknown, CompileMatcher> = /* @__PURE__ */ new Map([
  ['exact', exact],
  ['exists', exists],
  ['gt', greaterThan],
  ['ge', greaterOrEqual],
  ['lt', lessThan],
  ['le', lessOrEqual],
  ['substring', substring],
  ['semver_eq', versionEqual],
  ['semver_gt', versionGreater],
  ['semver_ge', versionGreaterOrEqual],
  ['semver_lt', versionLess],
  ['semver_le', versionLessOrEqual],
]);

/** Returns the matcher of a match type, or `undefined` for a name this SDK does not know. */
export function findMatchType(name: unknown): CompileMatcher | undefined {
  return MATCH_TYPES.get(name);
}

/** Tells whether a value is a number in `[-2^53, 2^53]`; NaN and infinities are not. */
function isNumberInBounds(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= BOUND;
}
