/**
 * The match types of attribute conditions, by the name the datafile uses. The value of a condition is prepared once and then
 * compared with the value of each user.
 */
import type { JsonValue } from '../project-config.ts';
import type { Verdict } from '../reasons.ts';
import type { AttributeValue } from '../user.ts';
import { parseVersion, type Version, versionOrder } from './semantic-version.ts';

/** A match type with the value of a condition. Data rather than a closure, which would be one more piece of memory to read. */
export interface Match {
  readonly kind: number;
  /** Where the user's value may stand relative to the expected one, of numbers and versions: bits of `LESS` and so on. */
  readonly order: number;
  readonly expected: JsonValue | Version | null | undefined;
}

const EXACT = 0;
const EXISTS = 1;
const SUBSTRING = 2;
const VERSION = 3;
const NUMBER = 4;

const LESS = 1;
const EQUAL = 2;
const GREATER = 4;

/** Kind and order of each match type. */
const MATCH_TYPES: ReadonlyMap<unknown, readonly [kind: number, order: number]> = /* @__PURE__ */ new Map([
  ['exact', [EXACT, 0]],
  ['exists', [EXISTS, 0]],
  ['substring', [SUBSTRING, 0]],
  ['gt', [NUMBER, GREATER]],
  ['ge', [NUMBER, GREATER | EQUAL]],
  ['lt', [NUMBER, LESS]],
  ['le', [NUMBER, LESS | EQUAL]],
  ['semver_eq', [VERSION, EQUAL]],
  ['semver_gt', [VERSION, GREATER]],
  ['semver_ge', [VERSION, GREATER | EQUAL]],
  ['semver_lt', [VERSION, LESS]],
  ['semver_le', [VERSION, LESS | EQUAL]],
]);

/** Numbers take part in comparisons only within the range in which doubles hold every integer. */
const BOUND = 9_007_199_254_740_992;

/** Prepares a match type; `null` for a name this SDK does not know and for a value that the match type cannot work with. */
export function compileMatch(name: unknown, value: JsonValue | undefined): Match | null {
  const [kind, order = 0] = MATCH_TYPES.get(name) ?? [];
  if (kind === undefined) return null;
  const match = { kind, order, expected: kind === VERSION ? parseVersion(value) : value };
  // Of a user, the same value would not be understood either.
  return judge(match, value as AttributeValue) === null ? null : match;
}

/** Compares the value of a user with the expected one; `null` for a value that the match type cannot work with. */
export function judge({ kind, order, expected }: Match, actual: AttributeValue): Verdict {
  let difference: number | null = null;
  switch (kind) {
    case EXACT:
      return typeof actual === typeof expected && isComparable(actual) ? actual === expected : null;
    case EXISTS:
      return actual !== undefined && actual !== null;
    case SUBSTRING: // case-sensitive; the empty text is in every string
      return typeof actual === 'string' && typeof expected === 'string' ? actual.includes(expected) : null;
    case VERSION:
      difference = versionOrder(expected as Version | null, actual);
      break;
    default:
      if (isNumberInBounds(actual)) difference = actual - (expected as number);
  }
  return difference === null ? null : (order & (difference > 0 ? GREATER : difference < 0 ? LESS : EQUAL)) !== 0;
}

function isComparable(value: AttributeValue): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || isNumberInBounds(value);
}

/** Tells whether a value is a number in `[-2^53, 2^53]`; NaN and infinities are not. */
function isNumberInBounds(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= BOUND;
}
