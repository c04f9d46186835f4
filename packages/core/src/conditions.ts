/**
 * Leaf conditions of an audience: an attribute compared with a value, or membership in a segment. The value of a condition is
 * prepared once and then compared with the value of each user.
 *
 * A condition that this SDK does not understand (another condition type, an unknown match type, a value the match type
 * cannot use) is unknown, never an error: a newer datafile must not break an older SDK.
 */
import type { JsonValue } from './project-config.ts';
import { parseVersion, type Version, versionOrder } from './semantic-version.ts';

/** A condition in the datafile's spelling. */
export interface Condition {
  readonly type?: JsonValue;
  readonly name?: JsonValue;
  readonly match?: JsonValue;
  readonly value?: JsonValue;
}

/**
 * A match type as a number: its kind, and for numbers and versions the accepted orders, as bits of `LESS` and so on.
 */
export type MatchCode = number;

/** The value that a condition compares with. */
export type Operand = JsonValue | Version | null | undefined;

/** A compiled leaf. */
export interface CompiledCondition {
  /** Key of the attribute that is compared; `null` for segments. */
  readonly attribute: string | null;
  readonly code: MatchCode;
  readonly expected: Operand;
}

const LESS = 1;
const EQUAL = 2;
const GREATER = 4;

const KIND = ~7;
const EXACT = 0;
const SUBSTRING = 8;
const VERSION = 16;
const NUMBER = 24;
const EXISTS = 32;
/** The code of segments, whose match type is not in `MATCH_TYPES`. */
const SEGMENT = 40;

/** By the name the datafile uses. Made in a function: arguments that are computed are kept by bundlers that need no conditions. */
const MATCH_TYPES: ReadonlyMap<unknown, MatchCode> = /* @__PURE__ */ (() =>
  new Map<unknown, MatchCode>([
    ['exact', EXACT],
    ['exists', EXISTS],
    ['substring', SUBSTRING],
    ['gt', NUMBER | GREATER],
    ['ge', NUMBER | GREATER | EQUAL],
    ['lt', NUMBER | LESS],
    ['le', NUMBER | LESS | EQUAL],
    ['semver_eq', VERSION | EQUAL],
    ['semver_gt', VERSION | GREATER],
    ['semver_ge', VERSION | GREATER | EQUAL],
    ['semver_lt', VERSION | LESS],
    ['semver_le', VERSION | LESS | EQUAL],
  ]))();

/** Only numbers in the range in which doubles represent every integer are compared. */
const BOUND = 9_007_199_254_740_992;

/** Compiles one leaf; `null` when this SDK does not understand it. */
export function compileCondition({ type, name, match, value }: Condition): CompiledCondition | null {
  if (type === 'third_party_dimension') {
    return match === undefined || match === 'qualified' ? { attribute: null, code: SEGMENT, expected: value } : null;
  }
  if (type !== 'custom_attribute' || typeof name === 'object') return null;
  const code = MATCH_TYPES.get(match === undefined ? 'exact' : match);
  if (code === undefined) return null;
  const expected = (code & KIND) === VERSION ? parseVersion(value) : value;
  // The same check applies to the values of users.
  return isJudged(code, expected, value) ? { attribute: String(name), code, expected } : null;
}

/** Returns whether a user's value matches; `false` also for values that the match type cannot compare. */
export function meets(code: MatchCode, expected: Operand, actual: unknown): boolean {
  let difference: number | null = null;
  switch (code & KIND) {
    case EXACT:
      return actual === expected;
    case EXISTS:
      return actual !== undefined && actual !== null;
    case SUBSTRING: // case-sensitive; every string contains the empty text
      return typeof actual === 'string' && actual.includes(expected as string);
    case SEGMENT:
      return (actual as ReadonlySet<unknown> | null)?.has(expected) ?? false;
    case VERSION:
      difference = versionOrder(expected as Version | null, actual);
      break;
    default:
      if (isNumberInBounds(actual)) difference = actual - (expected as number);
  }
  return difference !== null && (code & (difference > 0 ? GREATER : difference < 0 ? LESS : EQUAL)) !== 0;
}

/** Returns whether the match type can compare the user's value; otherwise the result is unknown. */
export function isJudged(code: MatchCode, expected: Operand, actual: unknown): boolean {
  const kind = code & KIND;
  if (kind >= EXISTS) return true; // `exists` and segments accept every value
  if (kind === VERSION) return versionOrder(expected as Version | null, actual) !== null;
  const type = kind === SUBSTRING ? 'string' : kind === NUMBER ? 'number' : typeof expected;
  return typeof actual === type && isComparable(actual);
}

function isComparable(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || isNumberInBounds(value);
}

/** Tells whether a value is a number in `[-2^53, 2^53]`; NaN and infinities are not. */
function isNumberInBounds(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= BOUND;
}
