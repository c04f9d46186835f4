/**
 * The three-valued condition tree: `and`, `or` and `not` over leaves that are true, false or unknown.
 *
 * The trees of a config are compiled into one list of numbers, so that an evaluation reads a few adjacent numbers
 * instead of objects or closures in different places in memory. Nesting is limited, because a datafile comes from
 * outside and compiling recurses.
 */
import type { JsonValue } from './project-config.ts';

/** A reference to a part of a tree: its kind in the last two bits, its index in the bits above. */
export type NodeRef = number;

/** In the list of nodes: operator, end of the operands, operands. */
export const NODE = 0;
/** In the list of nodes: match code, index of the user's value, index of the operand it is compared with. */
export const CONDITION = 1;
/** In the list of nodes: what is remembered about the last user for true and for false, the tree, index of the id. */
export const AUDIENCE = 2;
/**
 * Not in the list of nodes: a part that is unknown for every user. Instead of an index it has the index of its source,
 * or 0.
 */
export const UNKNOWN = 3;

/** By their numbers. A list that does not begin with an operator is an `or` of all its elements. */
const OPERATORS: readonly unknown[] = ['or', 'and', 'not'];
const OR = 0;
export const AND = 1;
export const NOT = 2;

/** Deeper trees are unknown as a whole. */
export const MAX_CONDITION_DEPTH = 100;

/** Turns a leaf into a part of the tree. */
export type CompileLeaf = (leaf: JsonValue | undefined) => NodeRef;

/** Compiles a tree into the list of nodes. */
export function compileConditionTree(nodes: number[], tree: JsonValue | undefined, compileLeaf: CompileLeaf): NodeRef {
  return exceedsDepth(tree) ? UNKNOWN : compileNode(nodes, tree, compileLeaf);
}

/** Returns whether a tree is nested deeper than the limit; does not look deeper than that. */
export function exceedsDepth(tree: JsonValue | undefined, depth = 0): boolean {
  return Array.isArray(tree) && (depth >= MAX_CONDITION_DEPTH || tree.some((node) => exceedsDepth(node, depth + 1)));
}

function compileNode(nodes: number[], node: JsonValue | undefined, compileLeaf: CompileLeaf): NodeRef {
  if (!Array.isArray(node)) return compileLeaf(node);
  const operator = OPERATORS.indexOf(node[0]);
  const operands = (operator < 0 ? node : node.slice(1)).map((child: JsonValue) =>
    compileNode(nodes, child, compileLeaf),
  );
  const [first = UNKNOWN] = operands;
  // `and` and `or` of one operand are that operand; `not` without an operand is unknown.
  if (operands.length === (operator === NOT ? 0 : 1)) return first;
  const at = nodes.length;
  nodes.push(Math.max(operator, OR), at + 2 + operands.length);
  for (const operand of operands) nodes.push(operand);
  return at * 4 + NODE;
}
