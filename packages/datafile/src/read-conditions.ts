/**
 * Reads trees of conditions: those of a rule over audience ids, those of an audience over conditions.
 *
 * A tree that is nested too deeply, in its operators or in a value, is replaced by one that is never met: decisions,
 * explanations, the view of the project and `JSON.stringify` all follow what is left without a check of their own.
 */
import type { JsonValue } from '@sortition/core';
import { MAX_CONDITION_DEPTH } from '@sortition/core/internal';
import type { ProblemList } from './problem-list.ts';

/** The negation of nothing is unknown, for every user. */
const UNKNOWN: JsonValue = ['not'];

/** Returns the audience conditions of a rule. */
export function readRuleConditions(
  tree: JsonValue | undefined,
  ruleId: string,
  problems: ProblemList,
): JsonValue | undefined {
  return isShallowTree(tree, 0) ? tree : replaceDeep('The audience conditions of rule %', ruleId, problems);
}

/** Returns the conditions of an audience. */
export function readAudienceConditions(tree: JsonValue, audienceId: string, problems: ProblemList): JsonValue {
  return isShallowTree(tree, 0) ? tree : replaceDeep('The conditions of audience %', audienceId, problems);
}

function replaceDeep(what: string, name: string, problems: ProblemList): JsonValue {
  const outcome = `${what} match no user: they are nested deeper than ${MAX_CONDITION_DEPTH} levels.`;
  problems.add('conditions-too-deep', outcome, name);
  return UNKNOWN;
}

/** Whether a tree is nested no deeper than a decision follows it, and none of its leaves is either. */
function isShallowTree(node: JsonValue | undefined, depth: number): boolean {
  if (!Array.isArray(node)) return isShallow(node, 0);
  if (depth >= MAX_CONDITION_DEPTH) return false;
  for (const child of node) if (!isShallowTree(child, depth + 1)) return false;
  return true;
}

/** Looks no deeper than that. */
function isShallow(value: JsonValue | undefined, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_CONDITION_DEPTH) return false;
  for (const part of Object.values(value)) if (!isShallow(part, depth + 1)) return false;
  return true;
}
