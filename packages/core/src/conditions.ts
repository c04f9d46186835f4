/**
 * Leaf conditions of an audience: an attribute compared with a value, or membership in a segment.
 *
 * What is not understood (another condition type, an unknown match type, a value the match type cannot use) is unknown,
 * never an error: a newer datafile must not break an older SDK.
 */
import { compileMatch, type Match, SEGMENT } from './matchers/match-types.ts';
import type { JsonValue } from './project-config.ts';

/** A condition in the datafile's spelling. */
export interface Condition {
  readonly type?: JsonValue;
  readonly name?: JsonValue;
  readonly match?: JsonValue;
  readonly value?: JsonValue;
}

/** A leaf ready for users. */
export interface CompiledCondition extends Match {
  /** Whose value is compared; `null`: the segments are. */
  readonly attribute: string | null;
}

/** Compiles one leaf; `null` when it is not understood. */
export function compileCondition({ type, name, match: given, value }: Condition): CompiledCondition | null {
  if (type === 'third_party_dimension') {
    return given === undefined || given === 'qualified' ? { attribute: null, code: SEGMENT, expected: value } : null;
  }
  if (type !== 'custom_attribute' || typeof name === 'object') return null;
  const match = compileMatch(given === undefined ? 'exact' : given, value);
  return match && { attribute: String(name), ...match };
}
