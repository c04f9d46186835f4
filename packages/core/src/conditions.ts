/**
 * Leaf conditions of an audience: an attribute compared with a value, or membership in a segment.
 *
 * What is not understood (another condition type, an unknown match type, a value the match type cannot use) is unknown,
 * never an error: a newer datafile must not break an older SDK.
 */
import { compileMatch, judge, type Match } from './matchers/match-types.ts';
import type { Verdict } from './reasons.ts';
import type { Condition, Trace } from './trace.ts';
import type { AttributeValue, UserSnapshot } from './user.ts';

/** A leaf ready for users: what it compares an attribute with, or none of that. */
export interface CompiledCondition {
  /** `undefined`: it asks for a segment. `null`: it is not understood. */
  readonly match: Match | null | undefined;
  /** The index of the attribute. */
  readonly slot: number;
  /** As the datafile has it. */
  readonly source: Condition;
}

/** Compiles one leaf. @param slotOf Returns the index of an attribute. */
export function compileCondition(source: Condition, slotOf: (attribute: string) => number): CompiledCondition {
  const { type, name, match: given, value } = source;
  let match: CompiledCondition['match'] = null;
  if (type === 'custom_attribute' && typeof name !== 'object') {
    match = compileMatch(given === undefined ? 'exact' : given, value);
  } else if (type === 'third_party_dimension' && (given === undefined || given === 'qualified')) match = undefined;
  return { match, slot: match ? slotOf(String(name)) : 0, source };
}

/** Judges a user; reports what it saw when a detailed trace is given. @param values Those of the attributes, by index. */
export function evaluateCondition(
  { match, slot, source }: CompiledCondition,
  values: readonly AttributeValue[],
  user: UserSnapshot,
  trace?: Trace,
): Verdict {
  if (match) {
    // No match type tells an absent value from `undefined`: `exists` is false and the others are unknown.
    const actual = values[slot];
    const verdict = judge(match, actual);
    if (trace !== undefined) trace.details?.condition(source, verdict, 'attribute', actual);
    return verdict;
  }
  const verdict = match === null ? null : (user.qualifiedSegments?.has(source.value as string) ?? false);
  trace?.details?.condition(source, verdict, match === null ? undefined : 'segment');
  return verdict;
}
