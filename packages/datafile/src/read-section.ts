/** Reads the arrays a datafile is made of, entity by entity: what is broken is reported and left out. */
import type { JsonValue } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { describe, isJsonObject, type JsonObject } from './read-json.ts';

/** Returns a section's entities; a missing section is empty, one that is no array is reported and empty. */
export function readSection(datafile: JsonObject, name: string, problems: ProblemList): readonly JsonObject[] {
  const section = datafile[name];
  if (section === undefined || section === null) return [];
  if (!Array.isArray(section)) {
    problems.add('invalid-section', `"${name}" was ignored: expected an array, got ${describe(section)}.`);
    return [];
  }
  return readEntities(section, name, problems);
}

/** Returns the objects of an array; anything else in it is reported and left out. */
export function readEntities(
  entities: readonly JsonValue[],
  where: string,
  problems: ProblemList,
): readonly JsonObject[] {
  if (entities.every(isJsonObject)) return entities as readonly JsonObject[];
  return entities.filter((entity, index): entity is JsonObject => {
    if (isJsonObject(entity)) return true;
    problems.add('invalid-entity', `${where}[${index}] was skipped: expected an object, got ${describe(entity)}.`);
    return false;
  });
}

/** How a problem names an entity. Texts are made where there is a problem, not for every entity in case of one. */
export function nameOf(what: string, { id }: JsonObject): string {
  return typeof id === 'string' ? `${what} "${id}"` : what;
}

/** Returns a string property, or `undefined` after reporting that the entity has to be skipped for want of it. */
export function readString(
  entity: JsonObject,
  property: string,
  what: string,
  problems: ProblemList,
): string | undefined {
  const value = entity[property];
  if (typeof value === 'string') return value;
  const name = nameOf(what, entity);
  problems.add('invalid-entity', `${name} was skipped: expected "${property}" to be a string, got ${describe(value)}.`);
  return undefined;
}

/** Returns the strings of an array property; a missing one is empty. */
export function readStrings(value: JsonValue | undefined, what: string, problems: ProblemList): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    problems.add('invalid-entity', `${what} was ignored: expected an array of strings, got ${describe(value)}.`);
    return [];
  }
  if (value.every((item) => typeof item === 'string')) return value as readonly string[];
  problems.add('invalid-entity', `${what} holds values that are no strings; they were left out.`);
  return value.filter((item) => typeof item === 'string');
}

/** Whether a value is a list of strings that can be used just as it is. */
export function areStrings(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Adds an entity to an index; of several with the same key the later wins, as in the official SDKs. */
export function addTo<T>(index: Map<string, T>, key: string, entity: T, what: string, problems: ProblemList): void {
  const { size } = index;
  index.set(key, entity);
  if (index.size > size) return;
  problems.add('duplicate-key', `${what} "${key}" is there more than once; the last one is used.`);
}

/** Indexes entities by a property. */
export function indexBy<T>(
  entities: readonly T[],
  keyOf: (entity: T) => string,
  what: string,
  problems: ProblemList,
): ReadonlyMap<string, T> {
  const index = new Map<string, T>();
  for (const entity of entities) addTo(index, keyOf(entity), entity, what, problems);
  return index;
}
