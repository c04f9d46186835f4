/**
 * The three-valued condition tree: `and`, `or` and `not` over leaves that are true, false or unknown.
 *
 * A tree is compiled once into a predicate; evaluating it allocates nothing. Nesting is capped, because a datafile comes
 * from outside and compiling recurses.
 */
import type { JsonValue } from './project-config.ts';
import type { Verdict } from './reasons.ts';
import type { Trace } from './trace.ts';
import type { UserSnapshot } from './user.ts';

/** Evaluates a compiled condition for a user; reports what it saw when a detailed trace is given. */
export type Predicate = (user: UserSnapshot, trace?: Trace) => Verdict;

/** Turns a leaf of the tree into a predicate. */
export type CompileLeaf = (leaf: JsonValue | undefined) => Predicate;

/** Deeper trees are unknown as a whole. */
export const MAX_CONDITION_DEPTH = 100;

export const UNKNOWN: Predicate = () => null;

/** Compiles a tree. An array without an operator in front is an `or` of all its elements. */
export function compileConditionTree(tree: JsonValue | undefined, compileLeaf: CompileLeaf): Predicate {
  return exceedsDepth(tree) ? UNKNOWN : compileNode(tree, compileLeaf);
}

/** Tells whether a tree is nested deeper than a predicate may be, and looks no deeper than that. */
export function exceedsDepth(tree: JsonValue | undefined, depth = 0): boolean {
  return Array.isArray(tree) && (depth >= MAX_CONDITION_DEPTH || tree.some((node) => exceedsDepth(node, depth + 1)));
}

function compileNode(node: JsonValue | undefined, compileLeaf: CompileLeaf): Predicate {
  if (!Array.isArray(node)) return compileLeaf(node);
  const operator = node[0];
  const named = operator === 'and' || operator === 'or' || operator === 'not';
  const operands = (named ? node.slice(1) : node).map((child: JsonValue) => compileNode(child, compileLeaf));
  return operator === 'not' ? negation(operands[0]) : combination(operands, operator !== 'and');
}

/**
 * `or` is true as soon as one operand is true, `and` false as soon as one is false; else unknown if one is unknown.
 *
 * @param decisive The verdict of an operand that settles it.
 */
function combination(operands: readonly Predicate[], decisive: boolean): Predicate {
  const [first, second] = operands;
  if (first === undefined) return () => !decisive;
  if (second === undefined) return first;
  if (operands.length === 2) return pair(first, second, decisive);
  return (user, trace) => {
    let verdict: Verdict = !decisive;
    for (let index = 0; index < operands.length; index += 1) {
      const value = (operands[index] as Predicate)(user, trace);
      if (value === decisive) return decisive;
      if (value === null) verdict = null;
    }
    return verdict;
  };
}

/** The same of two operands, the most frequent number, without a loop. */
function pair(first: Predicate, second: Predicate, decisive: boolean): Predicate {
  return (user, trace) => {
    const value = first(user, trace);
    if (value === decisive) return value;
    const other = second(user, trace);
    return value === null && other !== decisive ? null : other;
  };
}

/** Unknown stays unknown. */
function negation(operand: Predicate | undefined): Predicate {
  if (operand === undefined) return UNKNOWN;
  return (user, trace) => {
    const value = operand(user, trace);
    return value === null ? null : !value;
  };
}
