/**
 * Leaf conditions of an audience: an attribute compared with a value, or membership in a segment.
 *
 * What is not understood (another condition type, an unknown match type, a value the match type cannot use) is unknown,
 * never an error: a newer datafile must not break an older SDK.
 */
import type { Predicate } from './condition-tree.ts';
import { findMatchType } from './matchers/match-types.ts';
import type { JsonValue } from './project-config.ts';
import type { Trace } from './trace.ts';

/** A condition in the datafile's spelling. */
interface Condition {
  readonly type?: JsonValue;
  readonly name?: JsonValue;
  readonly match?: JsonValue;
  readonly value?: JsonValue;
}

/** Compiles one leaf. */
export function compileCondition(leaf: JsonValue | undefined): Predicate {
  if (typeof leaf !== 'object' || leaf === null) return () => null;
  const condition = leaf as Condition;
  if (condition.type === 'custom_attribute') return compileAttributeCondition(condition);
  if (condition.type === 'third_party_dimension') return compileSegmentCondition(condition);
  return unknownCondition(condition);
}

function compileAttributeCondition(condition: Condition): Predicate {
  const { match = 'exact', name, value } = condition;
  const matcher = typeof name === 'object' ? undefined : findMatchType(match)?.(value);
  if (!matcher) return unknownCondition(condition);
  const key = String(name);
  const needsValue = match !== 'exists';
  return (user, trace) => {
    const present = Object.hasOwn(user.attributes, key);
    const actual = present ? user.attributes[key] : undefined;
    const verdict = needsValue && !present ? null : matcher(actual);
    if (trace?.conditions)
      trace.conditions.push({ attribute: key, match: String(match), expected: value, actual, verdict });
    return verdict;
  };
}

function compileSegmentCondition(condition: Condition): Predicate {
  const { match = 'qualified', value } = condition;
  if (match !== 'qualified') return unknownCondition(condition);
  return (user, trace) => {
    const verdict = user.qualifiedSegments?.has(value as string) ?? false;
    if (trace?.conditions)
      trace.conditions.push({
        segment: typeof value === 'object' ? JSON.stringify(value) : String(value),
        match,
        expected: value,
        actual: undefined,
        verdict,
      });
    return verdict;
  };
}

function unknownCondition(condition: Condition): Predicate {
  return (_user, trace?: Trace) => {
    trace?.conditions?.push({
      attribute: typeof condition.name === 'string' ? condition.name : undefined,
      match: JSON.stringify(condition.match),
      expected: condition.value,
      actual: undefined,
      verdict: null,
    });
    return null;
  };
}
