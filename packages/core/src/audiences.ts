/**
 * Audiences of a rule: a tree over audience ids, each of which is a tree over conditions.
 *
 * Every audience is compiled once per config, on first use, and shared by the rules that name it.
 */
import { compileConditionTree, type Predicate } from './condition-tree.ts';
import { compileCondition } from './conditions.ts';
import type { JsonValue, ProjectConfig } from './project-config.ts';

/** Compiles the audience conditions of a rule; `null` when everyone passes. */
export function compileAudiences(config: ProjectConfig, conditions: JsonValue | undefined): Predicate | null {
  if (!conditions || (conditions as { length?: unknown }).length === 0) return null;
  return compileConditionTree(conditions, (leaf) => compileAudience(config, String(leaf)));
}

function compileAudience(config: ProjectConfig, audienceId: string): Predicate {
  const known = config.compiled.audiences.get(audienceId);
  if (known) return known;
  const audience = config.audiences.get(audienceId);
  const evaluate = audience ? compileConditionTree(audience.conditions, compileCondition) : () => null;
  const predicate: Predicate = (user, trace) => {
    if (!trace?.audiences) return evaluate(user);
    trace.conditions = [];
    const verdict = evaluate(user, trace);
    trace.audiences.push({ audienceId, name: audience?.name ?? null, verdict, conditions: trace.conditions });
    trace.conditions = undefined;
    return verdict;
  };
  config.compiled.audiences.set(audienceId, predicate);
  return predicate;
}
