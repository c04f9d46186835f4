/**
 * An audience as the editor's form holds it: rows joined by "any" or "all". Trees of another form are edited as JSON,
 * so that the form never drops what it cannot show.
 */
import type { Condition, ConditionTree } from '../lab/wire-datafile.ts';
import { isCondition, isSegmentCondition } from './condition-text.ts';

/** One condition while it is edited; `value` is what is in the field. */
export interface ConditionRow {
  readonly subject: 'attribute' | 'segment';
  readonly name: string;
  readonly match: string;
  readonly value: string;
  /** Text stays text: the version "3.2" and the number 3.2 are different to compare with. */
  readonly valueType: ValueType;
}

export type ValueType = 'text' | 'number' | 'yes-no';

export interface EditableAudience {
  readonly joiner: 'or' | 'and';
  readonly rows: readonly ConditionRow[];
}

/** Returns the form of a tree, or `null` when the form cannot hold it. */
export function readEditable(tree: ConditionTree): EditableAudience | null {
  const flat = withoutSingleGroups(tree);
  if (isCondition(flat)) return withRows('or', [flat]);
  if (typeof flat === 'string') return null;
  const [joiner, ...operands] = flat;
  if (flat.length === 0) return { joiner: 'or', rows: [] };
  if ((joiner !== 'or' && joiner !== 'and') || !operands.every(isCondition)) return null;
  return withRows(joiner, operands as readonly Condition[]);
}

/** Returns the tree of a form, or a sentence that says which row is not usable. */
export function writeEditable({ joiner, rows }: EditableAudience): { tree: ConditionTree } | { problem: string } {
  if (rows.length === 0) return { problem: 'An audience needs at least one condition.' };
  const conditions: Condition[] = [];
  for (const [index, row] of rows.entries()) {
    const condition = writeRow(row);
    if (typeof condition === 'string') return { problem: `Condition ${index + 1}: ${condition}` };
    conditions.push(condition);
  }
  return { tree: [joiner, ...conditions] };
}

/** The kind of value a comparison takes, when it takes only one. */
export function valueTypeOf(match: string): ValueType | null {
  if (['gt', 'ge', 'lt', 'le'].includes(match)) return 'number';
  return match === 'exact' || match === 'exists' ? null : 'text';
}

/** Checks JSON typed by hand. */
export function parseTree(text: string): { tree: ConditionTree } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!Array.isArray(value)) return { problem: 'Conditions are an array, such as ["or", { … }].' };
  return { tree: value as ConditionTree };
}

function withRows(joiner: 'or' | 'and', conditions: readonly Condition[]): EditableAudience | null {
  const rows = conditions.map(readRow);
  return rows.every((row) => row !== null) ? { joiner, rows } : null;
}

function readRow(condition: Condition): ConditionRow | null {
  const { name, value, match = 'exact' } = condition;
  if (isSegmentCondition(condition)) {
    return { subject: 'segment', name, match: 'qualified', value: String(value), valueType: 'text' };
  }
  const valueType = typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'yes-no' : 'text';
  if (condition.type !== 'custom_attribute' || (typeof value === 'object' && value !== null)) return null;
  return { subject: 'attribute', name, match, value: value === undefined ? '' : String(value), valueType };
}

function writeRow({ subject, name, match, value, valueType }: ConditionRow): Condition | string {
  if (subject === 'segment') {
    if (value.trim() === '') return 'name the segment.';
    return { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: value.trim() };
  }
  if (name === '') return 'choose an attribute.';
  const base = { type: 'custom_attribute', name, match };
  if (match === 'exists') return base;
  const type = valueTypeOf(match) ?? valueType;
  if (type === 'number') {
    const number = Number(value);
    return value.trim() === '' || !Number.isFinite(number) ? 'enter a number.' : { ...base, value: number };
  }
  if (type === 'yes-no') return { ...base, value: value === 'true' };
  return value === '' ? 'enter a value.' : { ...base, value };
}

/** `["and", ["or", x]]` is `x`. */
function withoutSingleGroups(tree: ConditionTree): ConditionTree {
  if (typeof tree === 'string' || isCondition(tree)) return tree;
  const operands = tree.map((part) => (typeof part === 'string' ? part : withoutSingleGroups(part)));
  const [operator, only] = operands;
  const isGroup = operator === 'and' || operator === 'or';
  return isGroup && operands.length === 2 && only !== undefined && typeof only !== 'string' ? only : operands;
}
