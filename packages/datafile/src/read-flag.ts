/** Reads one flag with its variables. */
import type { Flag, JsonValue, Variable } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { describe, isJsonObject, type JsonObject } from './read-json.ts';
import { areStrings, readEntities, readString, readStrings } from './read-section.ts';

/** Returns a flag, or `undefined` after reporting why it was skipped. */
export function readFlag(entity: JsonObject, problems: ProblemList): Flag | undefined {
  const key = readString(entity, 'key', 'A flag', problems);
  if (key === undefined) return undefined;
  const { id, experimentIds, rolloutId } = entity;
  if (rolloutId !== undefined && rolloutId !== null && typeof rolloutId !== 'string') {
    problems.add(
      'invalid-entity',
      `"rolloutId" of flag "${key}" was ignored: expected a string, got ${describe(rolloutId)}.`,
    );
  }
  return {
    id: typeof id === 'string' ? id : '',
    key,
    experimentIds: areStrings(experimentIds)
      ? experimentIds
      : readStrings(experimentIds, `"experimentIds" of flag "${key}"`, problems),
    rolloutId: typeof rolloutId === 'string' ? rolloutId : '',
    variables: readVariables(entity.variables, key, problems),
  };
}

function readVariables(value: JsonValue | undefined, flagKey: string, problems: ProblemList): readonly Variable[] {
  if (Array.isArray(value) && value.every(isVariable)) return value;
  const what = `flag "${flagKey}"`;
  if (!Array.isArray(value)) {
    problems.add('invalid-entity', `The variables of ${what} were ignored: expected an array, got ${describe(value)}.`);
    return [];
  }
  return readEntities(value, `variables of ${what}`, problems).flatMap(
    (entity) => readVariable(entity, what, problems) ?? [],
  );
}

/** Whether a variable can be used just as it is. */
function isVariable(value: JsonValue): value is JsonValue & Variable {
  return (
    isJsonObject(value) &&
    typeof value.id === 'string' &&
    typeof value.key === 'string' &&
    typeof value.defaultValue === 'string' &&
    typeof value.type === 'string' &&
    !isJsonText(value)
  );
}

function readVariable(entity: JsonObject, what: string, problems: ProblemList): Variable | undefined {
  const name = `A variable of ${what}`;
  const key = readString(entity, 'key', name, problems);
  const id = readString(entity, 'id', name, problems);
  const defaultValue = readString(entity, 'defaultValue', name, problems);
  if (key === undefined || id === undefined || defaultValue === undefined) return undefined;
  const { type } = entity;
  return { id, key, type: isJsonText(entity) ? 'json' : typeof type === 'string' ? type : 'string', defaultValue };
}

/** Datafiles write a JSON variable as a string with a subtype. */
function isJsonText({ type, subType }: JsonObject): boolean {
  return type === 'string' && subType === 'json';
}
