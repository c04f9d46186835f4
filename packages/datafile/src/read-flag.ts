/** Reads one flag with its variables. */
import type { Flag, JsonValue, Variable } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { describe, type JsonObject } from './read-json.ts';
import { readEntities, readString, readStrings } from './read-section.ts';

/** Returns a flag, or `undefined` after reporting why it was skipped. */
export function readFlag(entity: JsonObject, problems: ProblemList): Flag | undefined {
  const key = readString(entity, 'key', 'A flag', problems);
  if (key === undefined) return undefined;
  const what = `flag "${key}"`;
  const { id, rolloutId } = entity;
  if (rolloutId !== undefined && rolloutId !== null && typeof rolloutId !== 'string') {
    problems.add(
      'invalid-entity',
      `"rolloutId" of ${what} was ignored: expected a string, got ${describe(rolloutId)}.`,
    );
  }
  return {
    id: typeof id === 'string' ? id : '',
    key,
    experimentIds: readStrings(entity.experimentIds, `"experimentIds" of ${what}`, problems),
    rolloutId: typeof rolloutId === 'string' ? rolloutId : '',
    variables: readVariables(entity.variables, what, problems),
  };
}

function readVariables(value: JsonValue | undefined, what: string, problems: ProblemList): readonly Variable[] {
  if (!Array.isArray(value)) {
    problems.add('invalid-entity', `The variables of ${what} were ignored: expected an array, got ${describe(value)}.`);
    return [];
  }
  return readEntities(value, `variables of ${what}`, problems).flatMap(
    (entity) => readVariable(entity, what, problems) ?? [],
  );
}

function readVariable(entity: JsonObject, what: string, problems: ProblemList): Variable | undefined {
  const name = `A variable of ${what}`;
  const key = readString(entity, 'key', name, problems);
  const id = readString(entity, 'id', name, problems);
  const defaultValue = readString(entity, 'defaultValue', name, problems);
  if (key === undefined || id === undefined || defaultValue === undefined) return undefined;
  const { type } = entity;
  // Datafiles write a JSON variable as a string with a subtype.
  const isJson = type === 'string' && entity.subType === 'json';
  return { id, key, type: isJson ? 'json' : typeof type === 'string' ? type : 'string', defaultValue };
}
