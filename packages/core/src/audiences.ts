/**
 * Audiences of a rule: a tree over audience ids, each of which is a tree over conditions.
 *
 * Every audience is compiled once per config, on first use, and shared by the rules that name it. An audience remembers its
 * verdict on the last user, whose decisions for several flags ask for it again and again.
 */
import { AUDIENCE, CONDITION, compileConditionTree, NOT, type NodeRef, OR, UNKNOWN } from './condition-tree.ts';
import { type CompiledCondition, compileCondition, evaluateCondition } from './conditions.ts';
import type { Audience, JsonValue } from './project-config.ts';
import type { Verdict } from './reasons.ts';
import type { Condition, Trace } from './trace.ts';
import type { AttributeValue, UserSnapshot } from './user.ts';

/** The audiences of a config as far as they were compiled. */
export interface CompiledAudiences {
  readonly definitions: ReadonlyMap<string, Audience>;
  readonly byId: Map<string, NodeRef>;
  /** Ids in the order in which they were compiled, for explanations. */
  readonly ids: string[];
  /** The trees of rules and audiences; see `condition-tree.ts`. */
  readonly nodes: number[];
  readonly conditions: CompiledCondition[];
  /** Index of each attribute that conditions ask for. */
  readonly slots: Map<string, number>;
  /** Values of these attributes, of the user with this number; -1 when there are none. */
  readonly values: AttributeValue[];
  userNumber: number;
}

/** Creates the memory of the audiences of a config, empty at first. */
export function createAudiences(definitions: ReadonlyMap<string, Audience>): CompiledAudiences {
  return {
    definitions,
    byId: new Map(),
    ids: [],
    nodes: [],
    conditions: [],
    slots: new Map(),
    values: [],
    userNumber: -1,
  };
}

/** Compiles the audience conditions of a rule; `null` when all users pass. */
export function compileAudiences(audiences: CompiledAudiences, tree: JsonValue | undefined): NodeRef | null {
  if (!tree || (tree as { length?: unknown }).length === 0) return null;
  return compileConditionTree(audiences.nodes, tree, (leaf) => compileAudience(audiences, idOf(leaf)));
}

/** Evaluates what was compiled for a user; reports what it saw when a detailed trace is given. */
export function evaluateAudiences(
  audiences: CompiledAudiences,
  ref: NodeRef,
  user: UserSnapshot,
  trace?: Trace,
): Verdict {
  if (audiences.userNumber !== user.number) readValues(audiences, user);
  return evaluate(audiences, ref, user, trace);
}

/** A leaf that is an object does not name an audience, and cannot always be turned into text by `String`. */
function idOf(leaf: JsonValue | undefined): string {
  try {
    return typeof leaf === 'object' ? JSON.stringify(leaf) : String(leaf);
  } catch {
    return ''; // nested deeper than the engine can write it
  }
}

function compileAudience(audiences: CompiledAudiences, audienceId: string): NodeRef {
  const { byId, definitions, ids, nodes } = audiences;
  let ref = byId.get(audienceId);
  if (ref === undefined) {
    const audience = definitions.get(audienceId);
    const root = audience
      ? compileConditionTree(nodes, audience.conditions, (leaf) => addCondition(audiences, leaf))
      : UNKNOWN;
    ref = (nodes.length << 2) | AUDIENCE;
    nodes.push(0, 0, root, ids.push(audienceId) - 1);
    byId.set(audienceId, ref);
  }
  return ref;
}

function addCondition(audiences: CompiledAudiences, leaf: JsonValue | undefined): NodeRef {
  if (typeof leaf !== 'object' || leaf === null) return UNKNOWN;
  const { conditions, slots, values } = audiences;
  const compiled = compileCondition(leaf as Condition, (attribute) => {
    if (!slots.has(attribute)) slots.set(attribute, values.push(undefined) - 1);
    return slots.get(attribute) as number;
  });
  // The last user may have an attribute that nothing asked for until now.
  audiences.userNumber = -1;
  return ((conditions.push(compiled) - 1) << 2) | CONDITION;
}

/**
 * `or` is true as soon as one operand is true, `and` false as soon as one is false; else unknown if one is unknown. The
 * negation of unknown is unknown.
 */
function evaluate(audiences: CompiledAudiences, ref: NodeRef, user: UserSnapshot, trace?: Trace): Verdict {
  const { conditions, nodes, values } = audiences;
  const at = ref >> 2;
  const kind = ref & 3;
  if (kind === CONDITION) return evaluateCondition(conditions[at] as CompiledCondition, values, user, trace);
  if (kind === AUDIENCE) return evaluateAudience(audiences, at, user, trace);
  if (kind === UNKNOWN) return null;
  const operator = nodes[at];
  const end = nodes[at + 1] as number;
  /** The verdict of an operand that settles it. */
  const decisive = operator === OR;
  let verdict: Verdict = !decisive;
  for (let index = at + 2; index < end; index += 1) {
    const value = evaluate(audiences, nodes[index] as number, user, trace);
    if (operator === NOT) return value === null ? null : !value;
    if (value === decisive) return value;
    if (value === null) verdict = null;
  }
  return verdict;
}

/** By the numbers the list of nodes has for them. */
const VERDICTS: readonly Verdict[] = [false, true, null];

function evaluateAudience(audiences: CompiledAudiences, at: number, user: UserSnapshot, trace?: Trace): Verdict {
  const { definitions, ids, nodes } = audiences;
  const root = nodes[at + 2] as number;
  if (trace?.details) {
    const id = ids[nodes[at + 3] as number] as string;
    return trace.details.audience(id, definitions.get(id), (within) => evaluate(audiences, root, user, within));
  }
  if (nodes[at] !== user.number) {
    const verdict = evaluate(audiences, root, user);
    nodes[at] = user.number;
    nodes[at + 1] = verdict === null ? 2 : Number(verdict);
  }
  return VERDICTS[nodes[at + 1] as number] as Verdict;
}

/** Reads each attribute once, however many conditions ask for it. */
function readValues(audiences: CompiledAudiences, { attributes, number }: UserSnapshot): void {
  const { slots, values } = audiences;
  for (let slot = 0; slot < values.length; slot += 1) values[slot] = undefined;
  for (const attribute in attributes) {
    const slot = slots.get(attribute);
    // What a polluted `Object.prototype` adds is not an attribute.
    if (slot !== undefined && Object.hasOwn(attributes, attribute)) values[slot] = attributes[attribute];
  }
  audiences.userNumber = number;
}
