/**
 * Reads trees of conditions: those of a rule over audience ids, those of an audience over conditions. What a decision, an
 * explanation or the view of the project could not bear is replaced here by what is never met, so that nothing after this
 * has to look again: trees and values that are nested too deeply, and leaves that cannot be turned into text.
 */
import { exceedsDepth, type JsonValue, MAX_CONDITION_DEPTH } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { isJsonObject, type JsonObject } from './read-json.ts';

/** The negation of nothing is unknown, for every user. */
const UNKNOWN: JsonValue = ['not'];

/** Returns the audience conditions of a rule. */
export function readRuleConditions(
  tree: JsonValue | undefined,
  ruleId: string,
  problems: ProblemList,
): JsonValue | undefined {
  return readTree(tree, isAudienceId, () => UNKNOWN, 'The audience conditions of rule %', ruleId, problems);
}

/** Returns the conditions of an audience. */
export function readAudienceConditions(tree: JsonValue, audienceId: string, problems: ProblemList): JsonValue {
  return readTree(tree, isCondition, withTexts, 'The conditions of audience %', audienceId, problems) ?? null;
}

function readTree(
  tree: JsonValue | undefined,
  isLeaf: (leaf: JsonValue | undefined) => boolean,
  repair: (leaf: JsonValue) => JsonValue,
  what: string,
  name: string,
  problems: ProblemList,
): JsonValue | undefined {
  if (isUsable(tree, isLeaf, 0)) return tree;
  if (exceedsDepth(tree)) {
    problems.add(
      'conditions-too-deep',
      `${what} match no user: they are nested deeper than ${MAX_CONDITION_DEPTH} levels.`,
      name,
    );
    return UNKNOWN;
  }
  problems.add('invalid-entity', `${what} have parts that are not valid; these parts match no user.`, name);
  const repaired = (node: JsonValue): JsonValue =>
    Array.isArray(node) ? node.map(repaired) : isLeaf(node) ? node : repair(node);
  return repaired(tree as JsonValue);
}

/** Whether a tree can be used just as it is. */
function isUsable(
  node: JsonValue | undefined,
  isLeaf: (leaf: JsonValue | undefined) => boolean,
  depth: number,
): boolean {
  if (!Array.isArray(node)) return isLeaf(node);
  if (depth >= MAX_CONDITION_DEPTH) return false;
  for (const child of node) if (!isUsable(child, isLeaf, depth + 1)) return false;
  return true;
}

function isAudienceId(leaf: JsonValue | undefined): boolean {
  return typeof leaf !== 'object' || leaf === null;
}

/** Whether a condition's name and match type are texts, and its values are not nested too deeply. */
function isCondition(leaf: JsonValue | undefined): boolean {
  if (!isJsonObject(leaf)) return true;
  for (const property in leaf) {
    const value = leaf[property];
    if (typeof value !== 'object' || value === null) continue;
    if (property === 'name' || property === 'match' || isDeep(value, 0)) return false;
  }
  return true;
}

/** Names that are no text count as the text they are turned into, as in the official SDK; a condition without one is unknown. */
function withTexts(leaf: JsonValue): JsonValue {
  const { name, match, ...rest } = leaf as JsonObject;
  try {
    const condition = {
      ...rest,
      ...(name !== undefined && { name: String(name) }),
      ...(match !== undefined && { match: String(match) }),
    };
    return isCondition(condition) ? condition : null;
  } catch {
    return null; // an object whose `toString` is not a function
  }
}

/** Whether a value is nested deeper than a condition may be; looks no deeper than that. */
function isDeep(value: JsonValue | undefined, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth >= MAX_CONDITION_DEPTH || Object.values(value).some((child) => isDeep(child, depth + 1));
}
