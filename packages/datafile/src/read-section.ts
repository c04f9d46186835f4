/** Reads the arrays a datafile is made of, entity by entity: what is broken is reported and left out. */
import type { JsonValue } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { isJsonObject, type JsonObject } from './read-json.ts';

/** Returns a section's entities; a missing section is empty, one that is no array is reported and empty. */
export function readSection(holder: JsonObject, name: string, problems: ProblemList): readonly JsonObject[] {
  const section = holder[name] ?? [];
  if (Array.isArray(section)) return readEntities(section, name, problems);
  problems.expected(`"${name}" was ignored`, 'an array', section, 'invalid-section');
  return [];
}

/** Returns the objects of an array; anything else in it is reported and left out. */
export function readEntities(
  entities: readonly JsonValue[],
  where: string,
  problems: ProblemList,
): readonly JsonObject[] {
  if (entities.every(isJsonObject)) return entities;
  return entities.filter((entity, index): entity is JsonObject => {
    if (isJsonObject(entity)) return true;
    problems.expected(`${where}[${index}] was skipped`, 'an object', entity);
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

/** How a problem names an entity. Texts are made where there is a problem, not for every entity in case of one. */
export function nameOf(what: string, { id }: JsonObject): string {
  return typeof id === 'string' ? `${what} "${id}"` : what;
}

/** Whether an entity has the string properties it cannot do without; what it lacks is reported. */
export function hasStrings<K extends string>(
  entity: JsonObject,
  properties: readonly K[],
  what: string,
  problems: ProblemList,
): entity is JsonObject & { readonly [P in K]: string } {
  let hasAll = true;
  for (const property of properties) {
    if (typeof entity[property] === 'string') continue;
    hasAll = false;
    skip(entity, property, 'a string', what, problems);
  }
  return hasAll;
}

/** Returns an array property, or `undefined` after reporting that the entity has to be skipped for want of it. */
export function readArray(
  entity: JsonObject,
  property: string,
  what: string,
  problems: ProblemList,
  fallback?: readonly JsonValue[],
): readonly JsonValue[] | undefined {
  const value = entity[property] ?? fallback;
  return Array.isArray(value) ? value : skip(entity, property, 'an array', what, problems);
}

function skip(entity: JsonObject, property: string, expected: string, what: string, problems: ProblemList): undefined {
  return problems.expected(`${nameOf(what, entity)} was skipped`, `"${property}" to be ${expected}`, entity[property]);
}

/** Returns a text that an entity can do without. */
export function stringOr(value: JsonValue | undefined, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

/** Returns the strings of an array property; a missing one is empty. */
export function readStrings(value: JsonValue | undefined, what: string, problems: ProblemList): readonly string[] {
  const strings = value ?? [];
  if (areStrings(strings)) return strings;
  if (!Array.isArray(strings)) {
    problems.expected(`${what} was ignored`, 'an array of strings', strings);
    return [];
  }
  problems.add('invalid-entity', `${what} holds values that are no strings; they were left out.`);
  return strings.filter(isString);
}

/** Whether a value is a list of strings that can be used just as it is. */
export function areStrings(value: JsonValue | undefined): value is readonly string[] {
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
  problems.add('duplicate-key', `${what} "${key}" is there more than once; the last one is used.`);
}
