/**
 * The audiences and conditions that decide whether a user meets a rule, for explanations. Each result comes from the
 * evaluator that makes decisions; this module only selects what is worth showing.
 */
import { type CompiledAudiences, judgeAudiences, SEGMENTS } from './audiences.ts';
import { AND, AUDIENCE, CONDITION, NODE, NOT, type NodeRef } from './condition-tree.ts';
import { toJsonText } from './json-text.ts';
import type { JsonValue } from './project-config.ts';
import type { AudienceCheck, ConditionCheck, Verdict } from './reasons.ts';
import type { AttributeValue, UserSnapshot } from './user.ts';

/** Longer names of match types and segments are cut. */
const MAX_SHOWN_LENGTH = 200;

/** Returns the audiences that decide the compiled conditions of a rule, each with the conditions that decide it. */
export function checkAudiences(
  audiences: CompiledAudiences,
  ref: NodeRef | null,
  user: UserSnapshot,
  /** Reserves room for details; returns whether enough was left. */
  take: (count: number) => boolean,
): readonly AudienceCheck[] {
  const { definitions, nodes, operands } = audiences;
  const checks: AudienceCheck[] = [];
  /** Visits the leaves of a tree up to the one that decides it, while there is room; returns whether room is left. */
  const visit = (part: NodeRef, show: (leaf: NodeRef, verdict: Verdict) => void): boolean => {
    // Operators take room as well, which bounds the walks through a tree without leaves whose audience is named often.
    if (!take(1)) return false;
    if ((part & 3) !== NODE) {
      show(part, judgeAudiences(audiences, part, user));
      return true;
    }
    const at = part >> 2;
    // Of `not` only the first operand counts.
    const end = nodes[at] === NOT ? at + 3 : (nodes[at + 1] as number);
    for (let index = at + 2; index < end; index += 1) {
      const operand = nodes[index] as NodeRef;
      if (!visit(operand, show)) return false;
      // Operands after the deciding one are not evaluated.
      if (judgeAudiences(audiences, operand, user) === (nodes[at] !== AND)) return true;
    }
    return true;
  };
  const checkAudience = (leaf: NodeRef, verdict: Verdict): void => {
    // A tree that is nested too deeply and a `not` without an operand do not name an audience.
    if ((leaf & 3) !== AUDIENCE) return;
    const at = leaf >> 2;
    const audienceId = operands[nodes[at + 3] as number] as string;
    const conditions: ConditionCheck[] = [];
    visit(nodes[at + 2] as NodeRef, (part, value) => {
      const check = checkCondition(audiences, part, value);
      if (check) conditions.push(check);
    });
    checks.push({ audienceId, name: definitions.get(audienceId)?.name ?? null, verdict, conditions });
  };
  // Without conditions all users meet the rule.
  if (ref !== null) visit(ref, checkAudience);
  return checks;
}

/** Returns a condition with the user's value; `undefined` when the datafile has something else in its place. */
function checkCondition(
  { nodes, sources, values }: CompiledAudiences,
  ref: NodeRef,
  verdict: Verdict,
): ConditionCheck | undefined {
  const at = ref >> 2;
  const isUnderstood = (ref & 3) === CONDITION;
  const source = sources[isUnderstood ? (nodes[at + 2] as number) : at];
  if (source === undefined) return undefined;
  const { name, match, value: expected } = source;
  if (!isUnderstood) {
    const attribute = typeof name === 'string' ? name : undefined;
    return { attribute, match: cutJson(match), expected, actual: undefined, verdict };
  }
  const slot = nodes[at + 1] as number;
  if (slot === SEGMENTS) return { segment: textOf(expected), match: 'qualified', expected, actual: undefined, verdict };
  const actual = values[slot] as AttributeValue;
  return { attribute: String(name), match: textOf(match ?? 'exact'), expected, actual, verdict };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'object' ? cutJson(value) : String(value);
}

function cutJson(value: JsonValue | undefined): string {
  return toJsonText(value, MAX_SHOWN_LENGTH) ?? '';
}
