/**
 * Reads trees of conditions: those of a rule over audience ids, those of an audience over conditions.
 *
 * A tree that is nested too deeply, in its operators or in a value, is replaced by one that is never met. So decisions,
 * explanations, the project info and `JSON.stringify` do not have to check the depth.
 */
import type { JsonValue } from '@sortition/core';
import { MAX_CONDITION_DEPTH } from '@sortition/core/internal';
import type { ProblemList } from './problem-list.ts';

/** `not` without an operand is unknown for every user. */
const UNKNOWN: JsonValue = ['not'];

/** Returns the conditions of a rule or an audience. */
export function readConditions<T extends JsonValue | undefined>(tree: T, problems: ProblemList): T | JsonValue {
  if (isShallowTree(tree, 0)) return tree;
  problems.add('conditions-too-deep', 'deep');
  return UNKNOWN;
}

/** Returns whether a tree and its leaves are nested no deeper than decisions evaluate. */
function isShallowTree(node: JsonValue | undefined, depth: number): boolean {
  if (!Array.isArray(node)) return isShallow(node, 0);
  if (depth >= MAX_CONDITION_DEPTH) return false;
  for (const child of node) if (!isShallowTree(child, depth + 1)) return false;
  return true;
}

/** Does not look deeper than the limit. */
function isShallow(value: JsonValue | undefined, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_CONDITION_DEPTH) return false;
  for (const part of Object.values(value)) if (!isShallow(part, depth + 1)) return false;
  return true;
}
