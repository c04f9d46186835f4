/** Reads the arrays of a datafile entity by entity; broken entities are reported and left out. */
import type { JsonValue } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { isJsonObject, type JsonObject } from './read-json.ts';

/** Returns a section's entities; a missing section is empty, one that is not an array is reported and empty. */
export function readSection(holder: JsonObject, name: string, problems: ProblemList): readonly JsonObject[] {
  const section = holder[name] ?? [];
  if (Array.isArray(section)) return readEntities(section, problems, name);
  problems.at('Section', name);
  problems.add('invalid-section', 'no-array', section);
  return [];
}

/**
 * Returns the objects in an array; other elements are reported and left out.
 *
 * @param of The parent of the array, unless it is a section of the datafile.
 */
export function readEntities(entities: readonly JsonValue[], problems: ProblemList, of: string): readonly JsonObject[] {
  if (entities.every(isJsonObject)) return entities;
  return entities.filter((entity, index): entity is JsonObject => {
    if (isJsonObject(entity)) return true;
    problems.at('Entry', index, 'section', of);
    problems.add('invalid-entity', 'no-object', entity);
    return false;
  });
}

/** Returns the entities that could be read: the same list if none was changed, which saves copies. */
export function readEach<T>(
  entities: readonly JsonObject[],
  read: (entity: JsonObject) => T | undefined,
): readonly T[] {
  const results: readonly unknown[] = entities.map(read);
  if (results.every((result, index) => result === entities[index]))
    return entities as readonly unknown[] as readonly T[];
  return results.filter((result) => result !== undefined) as readonly unknown[] as readonly T[];
}

/**
 * Returns whether an entity has its required string properties; missing ones are reported.
 *
 * @param what The kind of entity, as the first word of the message.
 * @param of Kind and id of the parent.
 */
export function hasStrings<K extends string>(
  entity: JsonObject,
  properties: readonly K[],
  what: string,
  problems: ProblemList,
  of?: string,
  ofName?: unknown,
): entity is JsonObject & { readonly [P in K]: string } {
  let hasAll = true;
  // By index, because iterators are garbage whose collection costs more than the checks.
  for (let index = 0; index < properties.length; index += 1) {
    const property = properties[index] as K;
    if (typeof entity[property] === 'string') continue;
    hasAll = false;
    problems.at(what, entity.id, of, ofName);
    problems.skip(property, 'a string', entity[property]);
  }
  return hasAll;
}

/** Returns an array property, or `undefined` after reporting that the entity is skipped without it. */
export function readArray(
  entity: JsonObject,
  property: string,
  problems: ProblemList,
  fallback?: readonly JsonValue[],
): readonly JsonValue[] | undefined {
  const value = entity[property] ?? fallback;
  return Array.isArray(value) ? value : problems.skip(property, 'an array', entity[property]);
}

/** Returns an optional text of an entity. */
export function stringOr(value: JsonValue | undefined, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

/**
 * Returns a text or a number as text, anything else as `''`: hand-written datafiles often have numbers as revisions.
 */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Returns the strings of an array property; a missing property is an empty list. */
export function readStrings(entity: JsonObject, property: string, problems: ProblemList): readonly string[] {
  const strings = entity[property] ?? [];
  if (!Array.isArray(strings)) {
    problems.ignore(property, 'an array of strings', strings);
    return [];
  }
  if (strings.every(isString)) return strings;
  problems.leaveOut(property);
  return strings.filter(isString);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** Adds an entity to an index; of several with the same key the last one is used, as in the official SDKs. */
export function addTo<T>(index: Map<string, T>, key: string, entity: T, what: string, problems: ProblemList): void {
  const { size } = index;
  index.set(key, entity);
  if (index.size > size) return;
  problems.at(what, key);
  problems.add('duplicate-key', 'twice');
}
