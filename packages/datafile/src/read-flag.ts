/** Reads one flag with its variables. */
import type { Flag, JsonValue, Variable } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import type { JsonObject } from './read-json.ts';
import { hasStrings, readEach, readEntities, readStrings, stringOr } from './read-section.ts';

/** Reads a flag that has a key. */
export function readFlag(entity: JsonObject, problems: ProblemList): Flag {
  const { id, rolloutId = null, variables = null } = entity;
  const key = entity.key as string;
  problems.at('Flag', key);
  if (rolloutId !== null && typeof rolloutId !== 'string') problems.ignore('rolloutId', 'a string', rolloutId);
  return {
    id: stringOr(id, ''),
    key,
    experimentIds: readStrings(entity, 'experimentIds', problems),
    rolloutId: stringOr(rolloutId, ''),
    variables: readVariables(variables ?? [], key, problems),
  };
}

function readVariables(value: JsonValue, flagKey: string, problems: ProblemList): readonly Variable[] {
  if (!Array.isArray(value)) {
    problems.ignore('variables', 'an array', value);
    return [];
  }
  if (value.every(isVariable)) return value;
  const variables = readEach(readEntities(value, problems, 'variables of flag'), (entity) => {
    if (!hasStrings(entity, ['id', 'key', 'defaultValue'], 'Variable', problems, 'flag', flagKey)) return undefined;
    const { id, key, defaultValue } = entity;
    return { id, key, type: isJsonText(entity) ? 'json' : stringOr(entity.type, 'string'), defaultValue };
  });
  problems.at('Flag', flagKey);
  return variables;
}

/** Returns whether a variable can be used unchanged. */
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

/** In datafiles a JSON variable is a string with a subtype. */
function isJsonText({ type, subType }: JsonObject): boolean {
  return type === 'string' && subType === 'json';
}
