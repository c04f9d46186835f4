/**
 * Audiences of a rule: a tree over audience ids, each of which is a tree over conditions.
 *
 * Every audience is compiled once per config, on first use, and shared by the rules that name it.
 */
import { compileConditionTree, type Predicate } from './condition-tree.ts';
import { compileCondition } from './conditions.ts';
import type { Audience, JsonValue } from './project-config.ts';

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
  return compileConditionTree(conditions, (leaf) => compileAudience(audiences, compiled, String(leaf)));
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
  const predicate: Predicate = (user, trace) => {
    if (!trace?.audiences) return evaluate(user);
    trace.conditions = [];
    const verdict = evaluate(user, trace);
    trace.audiences.push({ audienceId, name: audience?.name ?? null, verdict, conditions: trace.conditions });
    trace.conditions = undefined;
    return verdict;
  };
  compiled.set(audienceId, predicate);
  return predicate;
}
