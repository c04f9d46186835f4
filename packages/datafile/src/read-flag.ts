/** Reads one flag with its variables. */
import type { Flag, JsonValue, Variable } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import type { JsonObject } from './read-json.ts';
import { hasStrings, readEach, readEntities, readStrings, stringOr } from './read-section.ts';

/** Returns a flag, or `undefined` after reporting why it was skipped. */
export function readFlag(entity: JsonObject, problems: ProblemList): Flag | undefined {
  if (!hasStrings(entity, ['key'], 'Flag', problems)) return undefined;
  const { key } = entity;
  const rolloutId = entity.rolloutId ?? '';
  if (typeof rolloutId !== 'string') problems.expected('"rolloutId" of flag % was ignored', 'a string', rolloutId, key);
  return {
    id: stringOr(entity.id, ''),
    key,
    experimentIds: readStrings(entity.experimentIds, '"experimentIds" of flag %', problems, key),
    rolloutId: stringOr(rolloutId, ''),
    variables: readVariables(entity.variables ?? [], key, problems),
  };
}

function readVariables(value: JsonValue, flagKey: string, problems: ProblemList): readonly Variable[] {
  if (!Array.isArray(value)) {
    problems.expected('The variables of flag % were ignored', 'an array', value, flagKey);
    return [];
  }
  if (value.every(isVariable)) return value;
  return readEach(readEntities(value, 'the variables of flag %', problems, flagKey), (entity) =>
    readVariable(entity, flagKey, problems),
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

function readVariable(entity: JsonObject, flagKey: string, problems: ProblemList): Variable | undefined {
  const owner = { of: ' of flag %', names: [flagKey] };
  if (!hasStrings(entity, ['id', 'key', 'defaultValue'], 'Variable', problems, owner)) return undefined;
  const { id, key, defaultValue } = entity;
  return { id, key, type: isJsonText(entity) ? 'json' : stringOr(entity.type, 'string'), defaultValue };
}

/** Datafiles write a JSON variable as a string with a subtype. */
function isJsonText({ type, subType }: JsonObject): boolean {
  return type === 'string' && subType === 'json';
}
