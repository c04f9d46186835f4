/**
 * Audiences of a rule: a tree over audience ids, each of which is a tree over conditions.
 *
 * Every audience is compiled once per config, on first use, and shared by the rules that name it; equal conditions are
 * compiled once for all audiences. An audience remembers its verdict on the last user, whose decisions for several flags
 * ask for it again and again.
 */
import { compileConditionTree, type Predicate } from './condition-tree.ts';
import { compileCondition } from './conditions.ts';
import { toJsonText } from './json-text.ts';
import type { Audience, JsonValue } from './project-config.ts';
import type { Verdict } from './reasons.ts';
import { takeDetails } from './trace.ts';

/** The audiences of a config as far as they were compiled. */
export interface CompiledAudiences {
  readonly definitions: ReadonlyMap<string, Audience>;
  readonly byId: Map<string, Predicate>;
  /** Compiled conditions by what they compare. */
  readonly conditions: Map<string, Predicate>;
}

/** Conditions with longer texts are compiled each on its own. */
const MAX_SHARED_LENGTH = 200;

/** Compiles the audience conditions of a rule; `null` when all users pass. */
export function compileAudiences(audiences: CompiledAudiences, tree: JsonValue | undefined): Predicate | null {
  if (!tree || (tree as { length?: unknown }).length === 0) return null;
  return compileConditionTree(tree, (leaf) => compileAudience(audiences, idOf(leaf)));
}

/** A leaf that is an object names no audience, and cannot always be turned into text by `String`. */
function idOf(leaf: JsonValue | undefined): string {
  return typeof leaf === 'object' ? (toJsonText(leaf, MAX_SHARED_LENGTH) ?? '') : String(leaf);
}

function compileAudience(audiences: CompiledAudiences, audienceId: string): Predicate {
  const known = audiences.byId.get(audienceId);
  if (known) return known;
  const audience = audiences.definitions.get(audienceId);
  const evaluate: Predicate = audience
    ? compileConditionTree(audience.conditions, (leaf) => shareCondition(audiences.conditions, leaf))
    : () => null;
  let userNumber = 0;
  let verdict: Verdict = null;
  const predicate: Predicate = (user, trace) => {
    if (trace?.audiences === undefined || !takeDetails(trace, 1)) {
      if (userNumber !== user.number) {
        verdict = evaluate(user);
        userNumber = user.number;
      }
      return verdict;
    }
    trace.conditions = [];
    const explained = evaluate(user, trace);
    trace.audiences.push({
      audienceId,
      name: audience?.name ?? null,
      verdict: explained,
      conditions: trace.conditions,
    });
    trace.conditions = undefined;
    return explained;
  };
  audiences.byId.set(audienceId, predicate);
  return predicate;
}

/** Compiles a condition, or returns the one that compares the same. */
function shareCondition(compiled: Map<string, Predicate>, leaf: JsonValue | undefined): Predicate {
  const key = toJsonText(leaf, MAX_SHARED_LENGTH);
  if (key === undefined || key.length > MAX_SHARED_LENGTH) return compileCondition(leaf);
  const known = compiled.get(key);
  if (known) return known;
  const predicate = compileCondition(leaf);
  compiled.set(key, predicate);
  return predicate;
}
