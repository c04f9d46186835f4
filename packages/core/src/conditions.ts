/**
 * Leaf conditions of an audience: an attribute compared with a value, or membership in a segment.
 *
 * What is not understood (another condition type, an unknown match type, a value the match type cannot use) is unknown,
 * never an error: a newer datafile must not break an older SDK.
 */
import { type Predicate, UNKNOWN } from './condition-tree.ts';
import { toJsonText } from './json-text.ts';
import { findMatchType } from './matchers/match-types.ts';
import type { JsonValue } from './project-config.ts';
import type { ConditionCheck } from './reasons.ts';
import { type Trace, takeDetails } from './trace.ts';

/** A condition in the datafile's spelling. */
interface Condition {
  readonly type?: JsonValue;
  readonly name?: JsonValue;
  readonly match?: JsonValue;
  readonly value?: JsonValue;
}

/** Longer names of match types and segments are cut in explanations. */
const MAX_SHOWN_LENGTH = 200;

/** Compiles one leaf. */
export function compileCondition(leaf: JsonValue | undefined): Predicate {
  if (typeof leaf !== 'object' || leaf === null) return UNKNOWN;
  const condition = leaf as Condition;
  if (condition.type === 'custom_attribute') return compileAttributeCondition(condition);
  if (condition.type === 'third_party_dimension') return compileSegmentCondition(condition);
  return unknownCondition(condition);
}

function compileAttributeCondition(condition: Condition): Predicate {
  const { match = 'exact', name, value } = condition;
  const matcher = typeof name === 'object' ? undefined : findMatchType(match)?.(value);
  if (!matcher) return unknownCondition(condition);
  const attribute = String(name);
  return (user, trace) => {
    const { attributes } = user;
    // No match type tells an absent value from `undefined`: `exists` is false and the others are unknown.
    let actual = attributes[attribute];
    if (actual !== undefined && !Object.hasOwn(attributes, attribute)) actual = undefined;
    const verdict = matcher(actual);
    if (trace !== undefined) show(trace, { attribute, match: String(match), expected: value, actual, verdict });
    return verdict;
  };
}

function compileSegmentCondition(condition: Condition): Predicate {
  const { match = 'qualified', value } = condition;
  if (match !== 'qualified') return unknownCondition(condition);
  return (user, trace) => {
    const verdict = user.qualifiedSegments?.has(value as string) ?? false;
    if (trace !== undefined) {
      const segment = typeof value === 'object' ? (toJsonText(value, MAX_SHOWN_LENGTH) ?? '') : String(value);
      show(trace, { segment, match, expected: value, actual: undefined, verdict });
    }
    return verdict;
  };
}

function unknownCondition({ name, match, value }: Condition): Predicate {
  return (_user, trace) => {
    if (trace !== undefined) {
      const attribute = typeof name === 'string' ? name : undefined;
      const shown = toJsonText(match, MAX_SHOWN_LENGTH) ?? '';
      show(trace, { attribute, match: shown, expected: value, actual: undefined, verdict: null });
    }
    return null;
  };
}

/** Adds a condition to an explanation that has room for it. */
function show(trace: Trace, check: ConditionCheck): void {
  if (trace.conditions !== undefined && takeDetails(trace, 1)) trace.conditions.push(check);
}
