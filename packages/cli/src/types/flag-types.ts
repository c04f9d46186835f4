/** What flags, events and attributes of a project look like to the compiler. */
import type { Flag, JsonValue, ProjectConfig, Variable } from '@sortition/core';
import { rulesOf, variationKeysOf } from '../check/rule-facts.ts';
import { addValue, emptyShape, formatKey, formatShape, quote, type Shape, sortedEntries } from './json-shape.ts';

/** How to write them. */
export interface TypesOptions {
  /** Also narrows the flag keys of OpenFeature's clients. */
  readonly openFeature: boolean;
}

const HEADER = `/**
 * Flags, events and attributes of the project. Written by \`sortition types\`; changes are overwritten.
 */
`;

/** Writes the module. The same project gives the same text, whatever the order and the revision of its datafile. */
export function formatTypes(config: ProjectConfig, options: TypesOptions): string {
  const flags = sortedEntries(config.flags);
  const parts = [
    HEADER,
    '/** Flags by key, for `createClient<Flags>(…)` and `createFlagHooks<Flags>()`. */',
    `export interface Flags {\n${flags.map(([key, flag]) => formatFlag(config, key, flag)).join('\n')}\n}\n`,
    '/** Keys of the flags. */',
    'export type FlagKey = keyof Flags;\n',
    '/** Keys of the events that can be tracked. */',
    `export type EventKey = ${formatUnion([...config.events.keys()])};\n`,
    '/** Attributes by key; those of audiences with the types they are compared with. */',
    formatAttributes(config),
    ...(options.openFeature ? [formatOpenFeature(flags)] : []),
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}

function formatFlag(config: ProjectConfig, key: string, flag: Flag): string {
  const lines = [...flag.variables]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(
      (variable) => `      readonly ${formatKey(variable.key)}: ${formatVariable(config, flag, variable, '      ')};`,
    );
  const variables = lines.length === 0 ? 'Record<never, never>' : `{\n${lines.join('\n')}\n    }`;
  return `  ${formatKey(key)}: {\n    variations: ${formatUnion(variationKeysOf(config, key))};\n    variables: ${variables};\n  };`;
}

/** JSON variables have the type of all values they take; the others have the type they name. */
function formatVariable(config: ProjectConfig, flag: Flag, variable: Variable, indent: string): string {
  switch (variable.type) {
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'double':
      return 'number';
    case 'json': {
      const shape = emptyShape();
      for (const text of valuesOf(config, flag, variable)) addText(shape, text);
      return formatShape(shape, indent);
    }
    default:
      return 'string';
  }
}

/** Every text a variable has: its default, and that of each variation which sets it. */
function valuesOf(config: ProjectConfig, flag: Flag, variable: Variable): readonly string[] {
  const { experiments, deliveries } = rulesOf(config, flag.key);
  const own = [...experiments, ...deliveries].flatMap((rule) =>
    rule.variations.flatMap(({ variables = [] }) =>
      variables.filter(({ id }) => id === variable.id).map(({ value }) => value),
    ),
  );
  return [variable.defaultValue, ...own];
}

/** A text that is not JSON is served as `null`. */
function addText(shape: Shape, text: string): void {
  try {
    addValue(shape, JSON.parse(text));
  } catch {
    addValue(shape, null);
  }
}

function formatAttributes(config: ProjectConfig): string {
  const types = new Map<string, Set<string>>([...config.attributes.keys()].map((key) => [key, new Set()]));
  for (const { conditions } of config.audiences.values()) collectAttributes(conditions, types);
  if (types.size === 0) return 'export type Attributes = Record<never, never>;\n';
  const lines = sortedEntries(types).map(([key, found]) => {
    const type = found.size === 0 ? 'string | number | boolean' : [...found].sort().join(' | ');
    return `  ${formatKey(key)}?: ${type} | null;`;
  });
  return `export type Attributes = {\n${lines.join('\n')}\n};\n`;
}

/** Infers the type of each attribute from the values that conditions compare it with. */
function collectAttributes(conditions: JsonValue, types: Map<string, Set<string>>): void {
  if (Array.isArray(conditions)) {
    for (const part of conditions) collectAttributes(part, types);
    return;
  }
  if (typeof conditions !== 'object' || conditions === null) return;
  const { type, name, match = 'exact', value } = conditions as Record<string, JsonValue>;
  if (type !== 'custom_attribute' || typeof name !== 'string') return;
  const found = types.get(name) ?? new Set();
  types.set(name, found);
  if (match === 'exact') found.add(typeof value);
  else if (['gt', 'ge', 'lt', 'le'].includes(String(match))) found.add('number');
  else if (match === 'substring' || String(match).startsWith('semver')) found.add('string');
  for (const other of found) if (!['string', 'number', 'boolean'].includes(other)) found.delete(other);
}

/** The types that OpenFeature asks for. */
type OpenFeatureType = 'Boolean' | 'String' | 'Number' | 'Object';

/**
 * The flag keys that the OpenFeature providers of Sortition accept, by value type: a flag, its parts, and its
 * variables. OpenFeature documents its own types of keys as replaceable, but declares them in a way that the compiler
 * calls a duplicate; the replacement takes effect all the same.
 */
function formatOpenFeature(flags: readonly (readonly [string, Flag])[]): string {
  const keys: Record<OpenFeatureType, string[]> = { Boolean: [], String: [], Number: [], Object: [] };
  for (const [key, { variables }] of flags) {
    keys.Boolean.push(`${key}.$enabled`);
    keys.String.push(`${key}.$variation`);
    keys.Object.push(`${key}.$variables`);
    for (const variable of variables) keys[openFeatureType(variable)].push(`${key}.${variable.key}`);
    // By its own key a flag is its switch, its only variable, or all of its variables.
    const [only, ...others] = variables;
    if (only === undefined) keys.Boolean.push(key);
    else if (others.length === 0) keys[openFeatureType(only)].push(key);
    else for (const type of ['Boolean', 'Object'] as const) keys[type].push(key);
  }
  const lines = Object.entries(keys).flatMap(([type, names]) => [
    '  // @ts-expect-error: replaces the type of the package',
    `  export type ${type}FlagKey = ${formatUnion(names, '    ')};`,
  ]);
  return `declare module '@openfeature/core' {\n${lines.join('\n')}\n}\n`;
}

function openFeatureType({ type }: Variable): OpenFeatureType {
  if (type === 'boolean') return 'Boolean';
  if (type === 'integer' || type === 'double') return 'Number';
  return type === 'json' ? 'Object' : 'String';
}

const LINE_LENGTH = 100;

function formatUnion(keys: readonly string[], indent = '  '): string {
  if (keys.length === 0) return 'never';
  const types = [...new Set(keys)].sort((a, b) => (a < b ? -1 : 1)).map(quote);
  const line = types.join(' | ');
  return line.length <= LINE_LENGTH ? line : `\n${types.map((type) => `${indent}| ${type}`).join('\n')}`;
}
