/**
 * Leaf conditions of an audience: an attribute compared with a value, or membership in a segment.
 *
 * What is not understood (another condition type, an unknown match type, a value the match type cannot use) is unknown,
 * never an error: a newer datafile must not break an older SDK.
 */
import { type Predicate, UNKNOWN } from './condition-tree.ts';
import { findMatchType } from './matchers/match-types.ts';
import type { JsonValue } from './project-config.ts';
import type { Condition } from './trace.ts';

/** Compiles one leaf. */
export function compileCondition(leaf: JsonValue | undefined): Predicate {
  if (typeof leaf !== 'object' || leaf === null) return UNKNOWN;
  const condition = leaf as Condition;
  const { type, name, match, value } = condition;
  if (type === 'custom_attribute' && typeof name !== 'object') {
    const matcher = findMatchType(match === undefined ? 'exact' : match)?.(value);
    const attribute = String(name);
    if (matcher)
      return (user, trace) => {
        const { attributes } = user;
        // No match type tells an absent value from `undefined`: `exists` is false and the others are unknown.
        let actual = attributes[attribute];
        if (actual !== undefined && !Object.hasOwn(attributes, attribute)) actual = undefined;
        const verdict = matcher(actual);
        if (trace !== undefined) trace.details?.condition(condition, verdict, 'attribute', actual);
        return verdict;
      };
  } else if (type === 'third_party_dimension' && (match === undefined || match === 'qualified')) {
    return (user, trace) => {
      const verdict = user.qualifiedSegments?.has(value as string) ?? false;
      trace?.details?.condition(condition, verdict, 'segment');
      return verdict;
    };
  }
  return (_user, trace) => {
    trace?.details?.condition(condition, null);
    return null;
  };
}
