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

/** A leaf ready for users. */
export interface CompiledCondition {
  /** How the value of an attribute is judged; `null` for a segment and for what is not understood. */
  readonly match: Match | null;
  /** Which attribute: its index among those that conditions ask for. */
  readonly slot: number;
  readonly isSegment: boolean;
  /** As the datafile has it. */
  readonly source: Condition;
}

/** Compiles one leaf. @param slotOf Returns the index of an attribute. */
export function compileCondition(source: Condition, slotOf: (attribute: string) => number): CompiledCondition {
  const { type, name, match, value } = source;
  const found =
    type === 'custom_attribute' && typeof name !== 'object'
      ? compileMatch(match === undefined ? 'exact' : match, value)
      : null;
  const isSegment = type === 'third_party_dimension' && (match === undefined || match === 'qualified');
  return { match: found, slot: found ? slotOf(String(name)) : 0, isSegment, source };
}

/** Judges a user; reports what it saw when a detailed trace is given. @param values Those of the attributes, by index. */
export function evaluateCondition(
  { match, slot, isSegment, source }: CompiledCondition,
  values: readonly AttributeValue[],
  user: UserSnapshot,
  trace?: Trace,
): Verdict {
  if (match !== null) {
    // No match type tells an absent value from `undefined`: `exists` is false and the others are unknown.
    const actual = values[slot];
    const verdict = judge(match, actual);
    if (trace !== undefined) trace.details?.condition(source, verdict, 'attribute', actual);
    return verdict;
  }
  const verdict = isSegment ? (user.qualifiedSegments?.has(source.value as string) ?? false) : null;
  trace?.details?.condition(source, verdict, isSegment ? 'segment' : undefined);
  return verdict;
}
