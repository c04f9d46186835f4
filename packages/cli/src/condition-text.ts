/** Conditions as readable text. */
import type { JsonValue, ProjectConfig } from '@sortition/core';

const WORDS: Readonly<Record<string, string>> = {
  exact: 'is',
  substring: 'contains',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
  semver_eq: 'is version',
  semver_gt: '> version',
  semver_ge: '>= version',
  semver_lt: '< version',
  semver_le: '<= version',
};

/** The conditions of an audience, such as `plan is "gold" or age >= 18`. */
export function formatConditions(conditions: JsonValue): string {
  return formatTree(conditions, formatLeaf, false);
}

/** The audiences of a rule by name, such as `"Members" and not "Trial"`; `everyone` without any. */
export function formatAudiences(conditions: JsonValue | undefined, config: ProjectConfig): string {
  const text = formatTree(
    conditions ?? null,
    (id) => JSON.stringify(config.audiences.get(String(id))?.name ?? String(id)),
    false,
  );
  return text === '' ? 'everyone' : text;
}

function formatTree(tree: JsonValue, formatLeaf: (leaf: JsonValue) => string, isInner: boolean): string {
  if (tree === null || tree === '') return '';
  if (!Array.isArray(tree)) return formatLeaf(tree);
  const [first, ...rest] = tree as JsonValue[];
  const operator = first === 'and' || first === 'or' || first === 'not' ? first : 'or';
  const operands = (operator === first ? rest : (tree as JsonValue[])).filter((part) => part !== null);
  if (operator === 'not') return operands[0] === undefined ? '' : `not ${formatTree(operands[0], formatLeaf, true)}`;
  const parts = operands.map((part) => formatTree(part, formatLeaf, operands.length > 1)).filter(Boolean);
  const text = parts.join(` ${operator} `);
  return isInner && parts.length > 1 ? `(${text})` : text;
}

function formatLeaf(leaf: JsonValue): string {
  if (typeof leaf !== 'object' || leaf === null) return JSON.stringify(leaf);
  const { type, name, match = 'exact', value } = leaf as Record<string, JsonValue>;
  if (type === 'third_party_dimension') return `in segment ${JSON.stringify(value)}`;
  if (match === 'exists') return `${String(name)} is there`;
  return `${String(name)} ${WORDS[String(match)] ?? String(match)} ${JSON.stringify(value)}`;
}
