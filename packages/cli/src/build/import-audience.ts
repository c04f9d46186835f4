/** Converts the conditions of a datafile to code. */
import { all, any, type Condition, type ConditionUser, condition, not } from '@sortition/authoring';
import type { JsonValue } from '@sortition/core';
import { isRecord } from '../json-value.ts';
import { quote } from '../types/json-shape.ts';
import { toCode, wrap } from './code.ts';

/** A condition, and the code that makes it. */
export interface WrittenCondition {
  make(user: ConditionUser): Condition;
  readonly code: string;
}

type Method = 'is' | 'contains' | 'above' | 'atLeast' | 'below' | 'atMost';
type VersionMethod = 'is' | 'above' | 'atLeast' | 'below' | 'atMost';

const METHODS: Readonly<Record<string, { method: Method; type: readonly string[] }>> = {
  exact: { method: 'is', type: ['string', 'number', 'boolean'] },
  substring: { method: 'contains', type: ['string'] },
  gt: { method: 'above', type: ['number'] },
  ge: { method: 'atLeast', type: ['number'] },
  lt: { method: 'below', type: ['number'] },
  le: { method: 'atMost', type: ['number'] },
};
const VERSION_METHODS: Readonly<Record<string, VersionMethod>> = {
  semver_eq: 'is',
  semver_gt: 'above',
  semver_ge: 'atLeast',
  semver_lt: 'below',
  semver_le: 'atMost',
};

/** Writes a tree of conditions. */
export function writeCondition(tree: JsonValue, indent: string): WrittenCondition {
  if (!Array.isArray(tree)) return writeLeaf(tree, indent);
  const [first, ...rest] = tree as JsonValue[];
  const operator = first === 'and' || first === 'or' || first === 'not' ? first : 'or';
  const operands = first === operator ? rest : (tree as JsonValue[]);
  const [only] = operands;
  if (only === undefined || (operator === 'not' && operands.length > 1)) return asInDatafile(tree, indent);
  if (operator !== 'not' && operands.length === 1) return writeCondition(only, indent);
  const inner = operands.map((operand) => writeCondition(operand, `${indent}  `));
  if (operator === 'not') return { make: (user) => not(make(inner[0], user)), code: `not(${inner[0]?.code})` };
  const values = operator === 'or' ? valuesOfOneAttribute(operands) : undefined;
  if (values !== undefined) {
    const [firstValue, ...others] = values.values as [string, ...string[]];
    return {
      make: (user) => user[values.attribute]!.in(firstValue, ...others),
      code: wrap(
        values.values.map((value) => toCode(value)),
        `${access(values.attribute)}.in(`,
        ')',
        indent,
      ),
    };
  }
  const combine = operator === 'and' ? all : any;
  return {
    make(user) {
      const [head, ...tail] = inner.map((part) => part.make(user)) as [Condition, ...Condition[]];
      return combine(head, ...tail);
    },
    code: wrap(
      inner.map(({ code }) => code),
      operator === 'and' ? 'all(' : 'any(',
      ')',
      indent,
    ),
  };
}

function writeLeaf(leaf: JsonValue, indent: string): WrittenCondition {
  if (!isRecord(leaf)) return asInDatafile(leaf, indent);
  const { type, name, match = 'exact', value, ...others } = leaf as Record<string, JsonValue>;
  if (type !== 'custom_attribute' || typeof name !== 'string' || Object.keys(others).length > 0)
    return asInDatafile(leaf, indent);
  if (match === 'exists' && value === undefined)
    return { make: (user) => user[name]!.exists(), code: `${access(name)}.exists()` };
  const method = METHODS[String(match)];
  if (method?.type.includes(typeof value))
    return {
      make: (user) => (user[name]![method.method] as (value: unknown) => Condition)(value),
      code: `${access(name)}.${method.method}(${toCode(value)})`,
    };
  const version = VERSION_METHODS[String(match)];
  if (version !== undefined && typeof value === 'string')
    return {
      make: (user) => user[name]!.version[version](value),
      code: `${access(name)}.version.${version}(${toCode(value)})`,
    };
  return asInDatafile(leaf, indent);
}

/** Two or more values that one attribute may equal. */
function valuesOfOneAttribute(
  operands: readonly JsonValue[],
): { readonly attribute: string; readonly values: readonly unknown[] } | undefined {
  const leaves = operands.map((operand) => (isRecord(operand) ? operand : {}));
  const [{ name: attribute } = {}] = leaves;
  if (typeof attribute !== 'string') return undefined;
  const isExact = leaves.every(
    ({ type, name, match = 'exact', value, ...others }) =>
      type === 'custom_attribute' &&
      name === attribute &&
      match === 'exact' &&
      METHODS.exact?.type.includes(typeof value) &&
      Object.keys(others).length === 0,
  );
  return isExact ? { attribute, values: leaves.map(({ value }) => value) } : undefined;
}

function asInDatafile(tree: JsonValue, indent: string): WrittenCondition {
  // A leaf that is a text or a number is put in a list; a list without an operator means `or`.
  const json = typeof tree === 'object' && tree !== null ? tree : ['or', tree];
  return { make: () => condition(json), code: `condition(${toCode(json, indent)})` };
}

function make(written: WrittenCondition | undefined, user: ConditionUser): Condition {
  return (written as WrittenCondition).make(user);
}

function access(attribute: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(attribute) ? `user.${attribute}` : `user[${quote(attribute)}]`;
}
