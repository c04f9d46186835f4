/**
 * The check for code that writes datafiles: an editor, an API, an import, a command. In addition to everything that
 * parsing reports, it finds what a client ignores silently because a newer datafile may use it: unknown operators,
 * condition types and match types, attributes that are not listed, values that cannot be compared, audiences that match
 * no user.
 */
import type { Problem } from '@sortition/core';
import { MAX_CONDITION_DEPTH } from '@sortition/core/internal';
import { quoteName } from './datafile-check.ts';
import { parseDatafile } from './parse-datafile.ts';
import { readJsonObject, toJsonText } from './read-json.ts';

/** Why a condition, a traffic split or a value is probably a mistake. */
export type DatafileCheckCode =
  | 'unknown-operator'
  | 'unknown-condition-type'
  | 'unknown-match'
  | 'unknown-attribute'
  | 'invalid-condition'
  | 'empty-audience'
  | 'invalid-traffic'
  | 'invalid-value';

/**
 * Reports everything that is wrong or probably a mistake in a datafile.
 *
 * @param datafile As text, bytes or object; never kept or changed.
 * @returns The problems of `parseDatafile` first, then those of conditions, traffic and values.
 * @throws SdkError `invalid-datafile` when the document is not a datafile.
 *
 * @example
 * checkDatafile(datafile).map(({ message }) => message);
 */
export function checkDatafile(datafile: string | object): readonly Problem[] {
  const text = toJsonText(datafile);
  const { problems } = parseDatafile(text);
  const document = readJsonObject(text);
  const found: Problem[] = [...problems];
  const report: Report = (code, message) => {
    if (found.length < MAX_PROBLEMS) found.push({ code, part: 'datafile', message });
  };
  checkAudiences(document, report);
  for (const { rule, what } of listRules(document)) {
    const name = `${what} ${quote(rule.key ?? rule.id)}`;
    checkTree(rule.audienceConditions, `The audience conditions of ${name}`, report, () => undefined);
    checkTraffic(rule.trafficAllocation, name, report);
  }
  for (const flag of recordsOf(document.featureFlags)) checkVariables(flag, report);
  return found;
}

type Json = Readonly<Record<string, unknown>>;
type Report = (code: DatafileCheckCode, message: string) => void;

const MAX_PROBLEMS = 1_000;
const OPERATORS: readonly unknown[] = ['and', 'or', 'not'];
const BUCKETS = 10_000;
/** Newer datafiles have a placeholder audience with this id for older SDKs. */
const DUMMY_AUDIENCE = '$opt_dummy_audience';
/** Prefix of attributes that are built into the SDKs. */
const RESERVED_PREFIX = '$opt_';
const NUMERIC_MATCHES: readonly unknown[] = ['gt', 'ge', 'lt', 'le'];
const TEXT_MATCHES: readonly unknown[] = ['substring', 'semver_eq', 'semver_gt', 'semver_ge', 'semver_lt', 'semver_le'];

function checkAudiences(document: Json, report: Report): void {
  const attributes = new Set(recordsOf(document.attributes).map(({ key }) => key));
  const typed = recordsOf(document.typedAudiences);
  const typedIds = new Set(typed.map(({ id }) => id));
  const legacy = recordsOf(document.audiences).filter(({ id }) => !typedIds.has(id) && id !== DUMMY_AUDIENCE);
  for (const audience of [...typed, ...legacy]) {
    const name = `audience ${quote(audience.name ?? audience.id)}`;
    const conditions = readConditions(audience.conditions);
    if (!hasLeaf(conditions)) {
      report('empty-audience', `The ${name} has no conditions and matches no user; add a condition.`);
      continue;
    }
    checkTree(conditions, `The ${name}`, report, (leaf) => {
      if (typeof leaf === 'object' && leaf !== null) checkLeaf(leaf as Json, name, attributes, report);
      else report('invalid-condition', `The ${name} has ${quote(leaf)} in place of a condition; expected an object.`);
    });
  }
}

/** Legacy audiences have their conditions as text; text that is not JSON was reported by the parser. */
function readConditions(conditions: unknown): unknown {
  if (typeof conditions !== 'string') return conditions;
  try {
    return JSON.parse(conditions);
  } catch {
    return conditions;
  }
}

function hasLeaf(tree: unknown, depth = 0): boolean {
  if (!Array.isArray(tree)) return tree !== undefined && !OPERATORS.includes(tree);
  return depth > MAX_CONDITION_DEPTH || tree.some((node) => hasLeaf(node, depth + 1));
}

/**
 * A list that does not begin with an operator means `or`; a text in first place that is not an operator is a mistake.
 */
function checkTree(tree: unknown, name: string, report: Report, visitLeaf: (leaf: unknown) => void, depth = 0): void {
  if (!Array.isArray(tree)) {
    if (tree !== undefined) visitLeaf(tree);
    return;
  }
  // The parser has reported deeper trees.
  if (depth > MAX_CONDITION_DEPTH) return;
  const [first, ...rest] = tree as unknown[];
  const isOperator = OPERATORS.includes(first);
  if (!isOperator && rest.length > 0 && looksLikeOperator(first)) {
    report('unknown-operator', `${name} has the operator ${quote(first)}; expected "and", "or" or "not".`);
    for (const node of rest) checkTree(node, name, report, visitLeaf, depth + 1);
    return;
  }
  const operands = isOperator ? rest : (tree as unknown[]);
  if (depth > 0 && operands.length === 0) {
    report('invalid-condition', `${name} has an operator without conditions, which no user meets.`);
  }
  if (first === 'not' && rest.length > 1) {
    report('invalid-condition', `${name} has "not" with ${rest.length} conditions; only the first one counts.`);
  }
  for (const node of operands) checkTree(node, name, report, visitLeaf, depth + 1);
}

/** The first element may also be an audience id; ids have digits, operators are words. */
function looksLikeOperator(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z]+$/i.test(value);
}

function checkLeaf(leaf: Json, name: string, attributes: ReadonlySet<unknown>, report: Report): void {
  const { type, name: attribute, match = 'exact', value } = leaf;
  if (type === 'third_party_dimension') {
    if (match !== 'qualified')
      report('unknown-match', `The ${name} compares a segment by ${quote(match)}; expected "qualified".`);
    if (typeof value !== 'string' || value === '') {
      report('invalid-value', `The ${name} asks for the segment ${quote(value)}; expected its name.`);
    }
    return;
  }
  if (type !== 'custom_attribute') {
    report(
      'unknown-condition-type',
      `The ${name} has a condition of type ${quote(type)}; expected "custom_attribute" or "third_party_dimension".`,
    );
    return;
  }
  if (typeof attribute !== 'string') {
    report(
      'invalid-condition',
      `The ${name} has a condition on ${quote(attribute)}; expected the key of an attribute.`,
    );
  } else if (!attributes.has(attribute) && !attribute.startsWith(RESERVED_PREFIX)) {
    report(
      'unknown-attribute',
      `The ${name} compares the attribute ${quote(attribute)}, which the datafile does not list.`,
    );
  }
  const expected = expectedValue(match);
  if (expected === undefined)
    report('unknown-match', `The ${name} compares by ${quote(match)}, which is not a match type.`);
  else if (!expected.holds(value)) {
    report('invalid-value', `The ${name} compares by ${quote(match)} with ${quote(value)}; expected ${expected.what}.`);
  }
}

/** The values that a match type can compare with; `undefined` for an unknown one. */
function expectedValue(match: unknown): { what: string; holds: (value: unknown) => boolean } | undefined {
  if (match === 'exists') return { what: 'nothing', holds: () => true };
  if (match === 'exact') {
    return {
      what: 'a text, a number or a boolean',
      holds: (value) => typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value),
    };
  }
  if (NUMERIC_MATCHES.includes(match)) return { what: 'a number', holds: (value) => Number.isFinite(value) };
  if (TEXT_MATCHES.includes(match))
    return { what: 'a text', holds: (value) => typeof value === 'string' && value !== '' };
  return undefined;
}

function checkTraffic(ranges: unknown, name: string, report: Report): void {
  let last = 0;
  for (const { endOfRange } of recordsOf(ranges)) {
    const end = Number(endOfRange);
    if (!(Number.isInteger(end) && end >= 0 && end <= BUCKETS)) {
      report(
        'invalid-traffic',
        `${name} has a traffic range that ends at ${quote(endOfRange)}; expected a whole number from 0 to ${BUCKETS}.`,
      );
    } else if (end < last) {
      report(
        'invalid-traffic',
        `${name} has traffic ranges whose ends descend from ${last} to ${end}; the later one is never reached.`,
      );
    } else last = end;
  }
}

function checkVariables({ key, variables }: Json, report: Report): void {
  for (const variable of recordsOf(variables)) {
    const type = variable.type === 'string' && variable.subType === 'json' ? 'json' : variable.type;
    if (isVariableValue(type, variable.defaultValue)) continue;
    report(
      'invalid-value',
      `The variable ${quote(variable.key)} of flag ${quote(key)} has the default ${quote(variable.defaultValue)}, which is not of type ${quote(type)}.`,
    );
  }
}

function isVariableValue(type: unknown, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (type === 'boolean') return value === 'true' || value === 'false';
  if (type === 'integer') return /^[+-]?\d+$/.test(value);
  if (type === 'double') return value.trim() !== '' && Number.isFinite(Number(value));
  if (type !== 'json') return true;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function listRules(document: Json): { rule: Json; what: string }[] {
  const of = (list: unknown, what: string) => recordsOf(list).map((rule) => ({ rule, what }));
  return [
    ...of(document.experiments, 'experiment'),
    ...recordsOf(document.groups).flatMap((group) => of(group.experiments, 'experiment')),
    ...recordsOf(document.rollouts).flatMap((rollout) => of(rollout.experiments, 'delivery')),
    ...of(document.holdouts, 'holdout'),
  ];
}

function recordsOf(list: unknown): readonly Json[] {
  if (!Array.isArray(list)) return [];
  return list.filter((item): item is Json => typeof item === 'object' && item !== null && !Array.isArray(item));
}

function quote(value: unknown): string {
  return quoteName(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
}
