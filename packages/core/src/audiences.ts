/**
 * Audiences of a rule: a tree over audience ids, each of which is a tree over conditions.
 *
 * Every audience is compiled once per config, on first use, and shared by the rules that name it. An audience remembers
 * its results for the last user, because many rules and flags use it.
 */
import { tryPart } from './call-part.ts';
import { AND, AUDIENCE, CONDITION, compileConditionTree, NOT, type NodeRef, UNKNOWN } from './condition-tree.ts';
import { type Condition, compileCondition, isJudged, type MatchCode, meets, type Operand } from './conditions.ts';
import type { Audience, JsonValue } from './project-config.ts';
import type { Verdict } from './reasons.ts';
import type { UserSnapshot } from './user.ts';

/** The audiences of a config that were compiled so far. */
export interface CompiledAudiences {
  readonly definitions: ReadonlyMap<string, Audience>;
  readonly byId: Map<string, NodeRef>;
  /** The trees of rules and audiences, and their conditions; see `condition-tree.ts`. */
  readonly nodes: number[];
  /**
   * The values that conditions compare with, and the ids of audiences; `undefined` at 0, and for unknown conditions.
   */
  readonly operands: Operand[];
  /** For explanations: the conditions of the datafile, each with the index of its operand. */
  readonly sources: (Condition | undefined)[];
  /** Index in `values` of each attribute that conditions use, and of the segments, whose key is `null`. */
  readonly slots: Map<string | null, number>;
  /** Values of the user with the number `userNumber`, which is -1 when there are none. */
  readonly values: unknown[];
  userNumber: number;
}

/** Index of the segments in `values`. */
export const SEGMENTS = 0;

/** Creates the memory of the audiences of a config, empty at first. */
export function createAudiences(definitions: ReadonlyMap<string, Audience>): CompiledAudiences {
  return {
    definitions,
    byId: new Map(),
    nodes: [],
    sources: [],
    slots: new Map([[null, SEGMENTS]]),
    values: [undefined],
    operands: [undefined],
    userNumber: -1,
  };
}

/** Compiles the audience conditions of a rule; `null` when all users pass. */
export function compileAudiences(audiences: CompiledAudiences, tree: JsonValue | undefined): NodeRef | null {
  // Without conditions all users pass.
  if (!tree || (tree as { length?: unknown }).length === 0) return null;
  return compileConditionTree(audiences.nodes, tree, (leaf) => compileAudience(audiences, audienceIdOf(leaf)));
}

/** Returns whether a user meets the compiled conditions; unknown counts as not met. */
export function meetsAudiences(audiences: CompiledAudiences, ref: NodeRef, user: UserSnapshot): boolean {
  if (audiences.userNumber !== user.number) readValues(audiences, user);
  return hasVerdict(audiences, ref, true);
}

/** Returns the result for a user, for reasons and explanations, which distinguish false from unknown. */
export function judgeAudiences(audiences: CompiledAudiences, ref: NodeRef, user: UserSnapshot): Verdict {
  return meetsAudiences(audiences, ref, user) || (hasVerdict(audiences, ref, false) ? false : null);
}

/** The id that a leaf names. An object does not name an audience, and `String` may throw for it. */
function audienceIdOf(leaf: JsonValue | undefined): string {
  // It may be nested deeper than the engine can serialise.
  return tryPart(() => (typeof leaf === 'object' ? JSON.stringify(leaf) : String(leaf))) ?? '';
}

function compileAudience(audiences: CompiledAudiences, audienceId: string): NodeRef {
  const { byId, definitions, nodes, operands } = audiences;
  let ref = byId.get(audienceId);
  if (ref === undefined) {
    const audience = definitions.get(audienceId);
    const root = audience
      ? compileConditionTree(nodes, audience.conditions, (leaf) => addCondition(audiences, leaf))
      : UNKNOWN;
    ref = (nodes.push(0, 0, root, operands.push(audienceId) - 1) - 4) * 4 + AUDIENCE;
    byId.set(audienceId, ref);
  }
  return ref;
}

function addCondition(audiences: CompiledAudiences, leaf: JsonValue | undefined): NodeRef {
  if (typeof leaf !== 'object' || leaf === null) return UNKNOWN;
  const condition = compileCondition(leaf as Condition);
  const { nodes, operands, slots, values } = audiences;
  const operand = operands.push(condition?.expected) - 1;
  audiences.sources[operand] = leaf as Condition;
  if (condition === null) return operand * 4 + UNKNOWN;
  const { attribute, code } = condition;
  if (!slots.has(attribute)) {
    slots.set(attribute, values.push(undefined) - 1);
    // The last user may have an attribute that no condition used before.
    audiences.userNumber = -1;
  }
  return (nodes.push(code, slots.get(attribute) as number, operand) - 3) * 4 + CONDITION;
}

/**
 * Returns whether the result for the user whose values were read is this one. Unknown is neither true nor false. A tree
 * is true when enough of its operands are true, and false when enough of them are false, so each question needs no
 * third value.
 */
function hasVerdict(audiences: CompiledAudiences, ref: NodeRef, verdict: boolean): boolean {
  const at = ref >> 2;
  const kind = ref & 3;
  if (kind === CONDITION) return conditionHas(audiences, at, verdict);
  if (kind === AUDIENCE) return audienceHas(audiences, at, verdict);
  return kind !== UNKNOWN && operatorHas(audiences, at, verdict);
}

/**
 * `or` is true when one operand is true, and false when all are false; `and` is the reverse; `not` negates its operand.
 */
function operatorHas(audiences: CompiledAudiences, at: number, verdict: boolean): boolean {
  const { nodes } = audiences;
  const operator = nodes[at];
  if (operator === NOT) return hasVerdict(audiences, nodes[at + 2] as number, !verdict);
  /** Whether one operand with this verdict decides the tree; otherwise one operand without it does. */
  const isEnough = verdict === (operator !== AND);
  const end = nodes[at + 1] as number;
  for (let index = at + 2; index < end; index += 1) {
    if (hasVerdict(audiences, nodes[index] as number, verdict) === isEnough) return isEnough;
  }
  return !isEnough;
}

function conditionHas({ nodes, operands, values }: CompiledAudiences, at: number, verdict: boolean): boolean {
  const code = nodes[at] as MatchCode;
  const actual = values[nodes[at + 1] as number];
  const expected = operands[nodes[at + 2] as number];
  return meets(code, expected, actual) ? verdict : !verdict && isJudged(code, expected, actual);
}

/**
 * Evaluates an audience at most once per user and verdict. For each verdict the audience remembers the number of the
 * last user, as a negative number when that user did not have the verdict.
 */
function audienceHas(audiences: CompiledAudiences, at: number, verdict: boolean): boolean {
  const { nodes, userNumber } = audiences;
  const memory = verdict ? at : at + 1;
  if (Math.abs(nodes[memory] as number) !== userNumber)
    nodes[memory] = hasVerdict(audiences, nodes[at + 2] as number, verdict) ? userNumber : -userNumber;
  return (nodes[memory] as number) > 0;
}

/** Reads each attribute once, even when many conditions use it. */
function readValues(audiences: CompiledAudiences, { attributes, number, qualifiedSegments }: UserSnapshot): void {
  const { slots, values } = audiences;
  for (let slot = 0; slot < values.length; slot += 1) values[slot] = undefined;
  values[SEGMENTS] = qualifiedSegments;
  for (const attribute in attributes) {
    const slot = slots.get(attribute);
    // Properties that a polluted `Object.prototype` adds are not attributes. Engines optimise this call
    // inside a loop over the names.
    // biome-ignore lint/suspicious/noPrototypeBuiltins: `Object.hasOwn` searches
    if (slot !== undefined && Object.prototype.hasOwnProperty.call(attributes, attribute))
      values[slot] = attributes[attribute];
  }
  audiences.userNumber = number;
}
