/**
 * Audiences of a rule: a tree over audience ids, each of which is a tree over conditions.
 *
 * Every audience is compiled once per config, on first use, and shared by the rules that name it. Of each user its verdict
 * is remembered.
 */
import { compileConditionTree, type Predicate } from './condition-tree.ts';
import { compileCondition } from './conditions.ts';
import type { Audience, JsonValue } from './project-config.ts';
import type { UserSnapshot } from './user.ts';
import type { Verdict } from './verdict.ts';

/**
 * Compiles the audience conditions of a rule; `null` when everyone passes.
 *
 * @param compiled The audiences compiled so far, by id; filled as a side effect.
 */
export function compileAudiences(
  audiences: ReadonlyMap<string, Audience>,
  compiled: Map<string, Predicate>,
  conditions: JsonValue | undefined,
): Predicate | null {
  if (!conditions || (conditions as { length?: unknown }).length === 0) return null;
  return compileConditionTree(conditions, (leaf) => compileAudience(audiences, compiled, idOf(leaf)));
}

/** A leaf that is an object names no audience, and cannot always be turned into text by `String`. */
function idOf(leaf: JsonValue | undefined): string {
  return typeof leaf === 'object' ? JSON.stringify(leaf) : String(leaf);
}

function compileAudience(
  audiences: ReadonlyMap<string, Audience>,
  compiled: Map<string, Predicate>,
  audienceId: string,
): Predicate {
  const known = compiled.get(audienceId);
  if (known) return known;
  const audience = audiences.get(audienceId);
  const evaluate = audience ? compileConditionTree(audience.conditions, compileCondition) : () => null;
  const number = compiled.size;
  const predicate: Predicate = (user, trace) => {
    if (!trace?.audiences) return remembered(user, compiled, number, evaluate);
    trace.conditions = [];
    const verdict = evaluate(user, trace);
    trace.audiences.push({ audienceId, name: audience?.name ?? null, verdict, conditions: trace.conditions });
    trace.conditions = undefined;
    return verdict;
  };
  compiled.set(audienceId, predicate);
  return predicate;
}

/** Returns the user's verdict on an audience, found out once for each user. */
function remembered(user: UserSnapshot, audiences: object, number: number, evaluate: Predicate): Verdict {
  if (user.verdicts?.of !== audiences) user.verdicts = { of: audiences, list: [] };
  const { list } = user.verdicts;
  const known = list[number];
  if (known !== undefined) return known;
  const verdict = evaluate(user);
  list[number] = verdict;
  return verdict;
}
