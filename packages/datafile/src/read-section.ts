/** Reads the arrays a datafile is made of, entity by entity: what is broken is reported and left out. */
import type { JsonValue } from '@sortition/core';
import type { ProblemList, ProblemName } from './problem-list.ts';
import { describe, isJsonObject, type JsonObject } from './read-json.ts';

/** Returns a section's entities; a missing section is empty, one that is not an array is reported and empty. */
export function readSection(holder: JsonObject, name: string, problems: ProblemList): readonly JsonObject[] {
  const section = holder[name] ?? [];
  if (Array.isArray(section)) return readEntities(section, `"${name}"`, problems);
  problems.add('invalid-section', `"${name}" was ignored: expected an array, got ${describe(section)}.`);
  return [];
}

/** Returns the objects of an array; anything else in it is reported and left out. */
export function readEntities(
  entities: readonly JsonValue[],
  where: string,
  problems: ProblemList,
  ...names: readonly ProblemName[]
): readonly JsonObject[] {
  if (entities.every(isJsonObject)) return entities;
  return entities.filter((entity, index): entity is JsonObject => {
    if (isJsonObject(entity)) return true;
    problems.expected(`Entry % of ${where} was skipped`, 'an object', entity, index, ...names);
    return false;
  });
}

/** Returns what could be read of entities. */
export function readEach<T>(
  entities: readonly JsonObject[],
  read: (entity: JsonObject) => T | undefined,
): readonly T[] {
  const results = entities.map(read) as T[];
  return results.includes(undefined as T) ? results.filter((result) => result !== undefined) : results;
}

/**
 * How a message names an entity: with a `%` for its id when it has one.
 *
 * @param of What it belongs to, such as ` of flag %`.
 */
export function nameOf(what: string, { id }: JsonObject, of = ''): string {
  return `${what}${typeof id === 'string' ? ' %' : ' without an id'}${of}`;
}

/** The name that goes with `nameOf`. */
export function namesOf({ id }: JsonObject): readonly string[] {
  return typeof id === 'string' ? [id] : [];
}

/** What an entity belongs to, for messages: a text with a `%` for each name. */
interface Owner {
  readonly of: string;
  readonly names: readonly string[];
}

const NO_OWNER: Owner = { of: '', names: [] };

/** Whether an entity has the string properties it cannot do without; what is missing is reported. */
export function hasStrings<K extends string>(
  entity: JsonObject,
  properties: readonly K[],
  what: string,
  problems: ProblemList,
  owner: Owner = NO_OWNER,
): entity is JsonObject & { readonly [P in K]: string } {
  let hasAll = true;
  for (const property of properties) {
    if (typeof entity[property] === 'string') continue;
    hasAll = false;
    skip(entity, property, 'a string', what, problems, owner);
  }
  return hasAll;
}

/** Returns an array property, or `undefined` after reporting that the entity is skipped without it. */
export function readArray(
  entity: JsonObject,
  property: string,
  what: string,
  problems: ProblemList,
  fallback?: readonly JsonValue[],
): readonly JsonValue[] | undefined {
  const value = entity[property] ?? fallback;
  return Array.isArray(value) ? value : skip(entity, property, 'an array', what, problems, NO_OWNER);
}

function skip(
  entity: JsonObject,
  property: string,
  expected: string,
  what: string,
  problems: ProblemList,
  { of, names }: Owner,
): undefined {
  const outcome = `${nameOf(what, entity, of)} was skipped`;
  return problems.expected(outcome, `"${property}" to be ${expected}`, entity[property], ...namesOf(entity), ...names);
}

/** Returns a text that an entity can do without. */
export function stringOr(value: JsonValue | undefined, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

/**
 * Returns the strings of an array property; a missing one is empty.
 *
 * @param what How messages call the property, with a `%` for each of the names.
 */
export function readStrings(
  value: JsonValue | undefined,
  what: string,
  problems: ProblemList,
  ...names: readonly string[]
): readonly string[] {
  const strings = value ?? [];
  if (areStrings(strings)) return strings;
  if (!Array.isArray(strings)) {
    problems.expected(`${what} was ignored`, 'an array of strings', strings, ...names);
    return [];
  }
  problems.add('invalid-entity', `${what} holds values that are not strings; they were left out.`, ...names);
  return strings.filter(isString);
}

/** Whether a value is a list of strings that can be used just as it is. */
function areStrings(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every(isString);
}

function isString(value: JsonValue): value is string {
  return typeof value === 'string';
}

/** Adds an entity to an index; of several with the same key the later wins, as in the official SDKs. */
export function addTo<T>(index: Map<string, T>, key: string, entity: T, what: string, problems: ProblemList): void {
  const { size } = index;
  index.set(key, entity);
  if (index.size > size) return;
  problems.add('duplicate-key', `${what} % occurs more than once; the last one is used.`, key);
}
