/**
 * An audience as the editor's form holds it: conditions and groups joined by "any" or "all". Other trees are edited as JSON,
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

/** Conditions and groups joined by one word; a negated group holds for whoever it would not hold for. */
export interface EditableAudience {
  readonly joiner: 'or' | 'and';
  readonly isNegated?: boolean;
  readonly rows: readonly (ConditionRow | EditableAudience)[];
}

export function isGroup(row: ConditionRow | EditableAudience): row is EditableAudience {
  return 'rows' in row;
}

/** Returns the form of a tree, or `null` when the form cannot hold it. */
export function readEditable(tree: ConditionTree): EditableAudience | null {
  const node = readNode(withoutSingleGroups(tree));
  if (node === null) return null;
  return isGroup(node) ? node : { joiner: 'or', rows: [node] };
}

function readNode(tree: ConditionTree): ConditionRow | EditableAudience | null {
  if (typeof tree === 'string') return null;
  if (isCondition(tree)) return readRow(tree);
  const [operator, ...operands] = tree;
  if (tree.length === 0) return { joiner: 'or', rows: [] };
  if (operator === 'not') {
    const inner = operands.length === 1 ? readNode(operands[0] as ConditionTree) : null;
    if (inner === null) return null;
    if (!isGroup(inner)) return { joiner: 'or', isNegated: true, rows: [inner] };
    return inner.isNegated ? { joiner: 'or', isNegated: true, rows: [inner] } : { ...inner, isNegated: true };
  }
  if (operator !== 'or' && operator !== 'and') return null;
  const rows = operands.map(readNode);
  return rows.every((row) => row !== null) ? { joiner: operator, rows } : null;
}

/** Returns the tree of a form, or a sentence that says which row is not usable. */
export function writeEditable(group: EditableAudience, place = ''): { tree: ConditionTree } | { problem: string } {
  const { joiner, isNegated, rows } = group;
  if (rows.length === 0) {
    return {
      problem: place === '' ? 'An audience needs at least one condition.' : `Group ${place} needs a condition.`,
    };
  }
  const operands: ConditionTree[] = [];
  for (const [index, row] of rows.entries()) {
    const position = place === '' ? `${index + 1}` : `${place}.${index + 1}`;
    if (isGroup(row)) {
      const inner = writeEditable(row, position);
      if ('problem' in inner) return inner;
      operands.push(inner.tree);
      continue;
    }
    const condition = writeRow(row);
    if (typeof condition === 'string') return { problem: `Condition ${position}: ${condition}` };
    operands.push(condition);
  }
  const tree: ConditionTree = [joiner, ...operands];
  return { tree: isNegated ? ['not', tree] : tree };
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
  const joins = operator === 'and' || operator === 'or';
  return joins && operands.length === 2 && only !== undefined && typeof only !== 'string' ? only : operands;
}
