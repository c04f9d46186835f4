/** Reads one flag with its variables. */
import type { Flag, JsonValue, Variable } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import type { JsonObject } from './read-json.ts';
import { areStrings, hasStrings, readEach, readEntities, readStrings, stringOr } from './read-section.ts';

/** Returns a flag, or `undefined` after reporting why it was skipped. */
export function readFlag(entity: JsonObject, problems: ProblemList): Flag | undefined {
  if (!hasStrings(entity, ['key'], 'A flag', problems)) return undefined;
  const { key, experimentIds } = entity;
  const rolloutId = entity.rolloutId ?? '';
  if (typeof rolloutId !== 'string')
    problems.expected(`"rolloutId" of flag "${key}" was ignored`, 'a string', rolloutId);
  return {
    id: stringOr(entity.id, ''),
    key,
    experimentIds: areStrings(experimentIds)
      ? experimentIds
      : readStrings(experimentIds, `"experimentIds" of flag "${key}"`, problems),
    rolloutId: stringOr(rolloutId, ''),
    variables: readVariables(entity.variables, key, problems),
  };
}

function readVariables(value: JsonValue | undefined, flagKey: string, problems: ProblemList): readonly Variable[] {
  if (Array.isArray(value) && value.every(isVariable)) return value;
  const what = `flag "${flagKey}"`;
  if (!Array.isArray(value)) {
    problems.expected(`The variables of ${what} were ignored`, 'an array', value);
    return [];
  }
  return readEach(readEntities(value, `variables of ${what}`, problems), (entity) =>
    readVariable(entity, `A variable of ${what}`, problems),
  );
}

/** Whether a variable can be used just as it is. */
function isVariable(value: JsonValue): value is JsonValue & Variable {
  const variable = (value ?? {}) as JsonObject;
  return (
    typeof variable.id === 'string' &&
    typeof variable.key === 'string' &&
    typeof variable.defaultValue === 'string' &&
    typeof variable.type === 'string' &&
    !isJsonText(variable)
  );
}

function readVariable(entity: JsonObject, what: string, problems: ProblemList): Variable | undefined {
  if (!hasStrings(entity, ['id', 'key', 'defaultValue'], what, problems)) return undefined;
  const { id, key, defaultValue } = entity;
  return { id, key, type: isJsonText(entity) ? 'json' : stringOr(entity.type, 'string'), defaultValue };
}

/** Datafiles write a JSON variable as a string with a subtype. */
function isJsonText({ type, subType }: JsonObject): boolean {
  return type === 'string' && subType === 'json';
}
