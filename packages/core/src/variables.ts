/** Typed variables of a variation, built once per flag and variation, frozen and shared by every decision. */
import { tryPart } from './call-part.ts';
import type { Flag, Variable, Variation } from './project-config.ts';
import { setOwn } from './user.ts';

/** What users of one variation are served. */
export interface ServedVariation {
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Keys of variables whose text could not be read as their type; they are served as `null`. */
  readonly invalidVariables: readonly string[];
}

/** Variables of a decision that has none. */
export const NO_VARIABLES: Readonly<Record<string, unknown>> = /* @__PURE__ */ Object.freeze({});

/** Shared, because a separate list for each variation would be one more memory access for decisions. */
export const NO_KEYS: readonly string[] = [];

/** Builds what a variation serves; `null` stands for no variation. A disabled flag serves the defaults. */
export function buildServedVariation(flag: Flag, variation: Variation | null): ServedVariation {
  const enabled = Boolean(variation?.featureEnabled);
  const usages = enabled ? new Map(variation?.variables?.map((usage) => [usage.id, usage.value])) : undefined;
  const variables: Record<string, unknown> = {};
  const invalidVariables: string[] = [];
  for (const variable of flag.variables) {
    const text = usages?.get(variable.id) ?? variable.defaultValue;
    const value = readVariable(variable, text);
    if (value === undefined) invalidVariables.push(variable.key);
    setOwn(variables, variable.key, value ?? null);
  }
  const keys = invalidVariables.length > 0 ? invalidVariables : NO_KEYS;
  return { enabled, variables: Object.freeze(variables), invalidVariables: keys };
}

/** Reads a variable's text as its type; `undefined` when it is not of that type. */
export function readVariable(variable: Variable, text: string): unknown {
  switch (variable.type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'integer':
      return numberOrNothing(Number.parseInt(text, 10));
    case 'double':
      return numberOrNothing(Number.parseFloat(text));
    case 'json':
      // A text that is not JSON is reported as an invalid variable by the caller.
      return tryPart(() => deepFreeze(JSON.parse(text)));
    default:
      return text;
  }
}

function numberOrNothing(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/** Freezes plain data at every depth, and returns it. Iterative, so that no nesting overflows the stack. */
export function deepFreeze<T>(root: T): T {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (Object.isFrozen(value)) continue; // already frozen, or a primitive value
    Object.freeze(value);
    for (const child of Object.values(value as object)) pending.push(child);
  }
  return root;
}
