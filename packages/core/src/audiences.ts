/**
 * Audiences of a rule: a tree over audience ids, each of which is a tree over conditions.
 *
 * Every audience is compiled once per config, on first use, and shared by the rules that name it. An audience remembers its
 * verdict on the last user, whose decisions for several flags ask for it again and again.
 */
import { compileConditionTree, type Predicate } from './condition-tree.ts';
import { compileCondition } from './conditions.ts';
import type { Audience, JsonValue } from './project-config.ts';
import type { Verdict } from './reasons.ts';

/** The audiences of a config as far as they were compiled. */
export interface CompiledAudiences {
  readonly definitions: ReadonlyMap<string, Audience>;
  readonly byId: Map<string, Predicate>;
}

/** Compiles the audience conditions of a rule; `null` when all users pass. */
export function compileAudiences(audiences: CompiledAudiences, tree: JsonValue | undefined): Predicate | null {
  if (!tree || (tree as { length?: unknown }).length === 0) return null;
  return compileConditionTree(tree, (leaf) => compileAudience(audiences, idOf(leaf)));
}

/** A leaf that is an object does not name an audience, and cannot always be turned into text by `String`. */
function idOf(leaf: JsonValue | undefined): string {
  try {
    return typeof leaf === 'object' ? JSON.stringify(leaf) : String(leaf);
  } catch {
    return ''; // nested deeper than the engine can write it
  }
}

function compileAudience({ byId, definitions }: CompiledAudiences, audienceId: string): Predicate {
  const known = byId.get(audienceId);
  if (known) return known;
  const audience = definitions.get(audienceId);
  const evaluate: Predicate = audience ? compileConditionTree(audience.conditions, compileCondition) : () => null;
  let userNumber = 0;
  let verdict: Verdict = null;
  const predicate: Predicate = (user, trace) => {
    if (trace?.details) return trace.details.audience(audienceId, audience, (within) => evaluate(user, within));
    if (userNumber !== user.number) {
      verdict = evaluate(user);
      userNumber = user.number;
    }
    return verdict;
  };
  byId.set(audienceId, predicate);
  return predicate;
}
