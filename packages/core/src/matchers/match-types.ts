/** The match types of attribute conditions by the name the datafile uses. */
import { exact } from './exact.ts';
import { exists } from './exists.ts';
import type { CompileMatcher } from './matcher.ts';
import { greaterOrEqual, greaterThan, lessOrEqual, lessThan } from './numeric.ts';
import {
  versionEqual,
  versionGreater,
  versionGreaterOrEqual,
  versionLess,
  versionLessOrEqual,
} from './semantic-version.ts';
import { substring } from './substring.ts';

/** Returns the matcher of a match type, or `undefined` for a name this SDK does not know. */
export function findMatchType(name: unknown): CompileMatcher | undefined {
  switch (name) {
    case 'exact':
      return exact;
    case 'exists':
      return exists;
    case 'gt':
      return greaterThan;
    case 'ge':
      return greaterOrEqual;
    case 'lt':
      return lessThan;
    case 'le':
      return lessOrEqual;
    case 'substring':
      return substring;
    case 'semver_eq':
      return versionEqual;
    case 'semver_gt':
      return versionGreater;
    case 'semver_ge':
      return versionGreaterOrEqual;
    case 'semver_lt':
      return versionLess;
    case 'semver_le':
      return versionLessOrEqual;
    default:
      return undefined;
  }
}
