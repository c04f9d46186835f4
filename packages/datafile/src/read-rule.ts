/** Reads one rule: an experiment, a delivery or a holdout, which share their shape. */
import type { CmabSettings, JsonValue, Rule, TrafficRange, VariableUsage, Variation } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { describe, isJsonObject, type JsonObject } from './read-json.ts';
import { nameOf, readEntities, readString, readStrings } from './read-section.ts';

/** Returns a rule, or `undefined` after reporting why it was skipped. */
export function readRule(
  entity: JsonObject,
  what: string,
  groupId: string | undefined,
  problems: ProblemList,
): Rule | undefined {
  const id = readString(entity, 'id', what, problems);
  if (id === undefined) return undefined;
  const key = readString(entity, 'key', what, problems);
  const variations = readVariations(entity, what, problems);
  const cmab = readCmab(entity, what, problems);
  const trafficRanges = readTrafficRanges(entity, what, problems, cmab && []);
  if (key === undefined || variations === undefined || trafficRanges === undefined) return undefined;
  const { status, layerId, audienceConditions } = entity;
  return {
    id,
    key,
    status: typeof status === 'string' ? status : '',
    layerId: typeof layerId === 'string' ? layerId : '',
    variations,
    trafficRanges,
    audienceConditions: audienceConditions || entity.audienceIds,
    hasAudienceConditions: Boolean(audienceConditions),
    allowList: readAllowList(entity, what, problems),
    groupId: groupId ?? (typeof entity.groupId === 'string' && entity.groupId !== '' ? entity.groupId : undefined),
    cmab,
  };
}

/**
 * Returns the pieces of a traffic split, or `undefined` after reporting that there is none.
 *
 * @param fallback Stands in for a split that is missing altogether.
 */
export function readTrafficRanges(
  entity: JsonObject,
  what: string,
  problems: ProblemList,
  fallback?: readonly TrafficRange[],
): readonly TrafficRange[] | undefined {
  const value = entity.trafficAllocation ?? fallback;
  if (!Array.isArray(value)) {
    problems.add(
      'invalid-entity',
      `${nameOf(what, entity)} was skipped: expected "trafficAllocation" to be an array, got ${describe(value)}.`,
    );
    return undefined;
  }
  if (value.every(isTrafficRange)) return value;
  problems.add(
    'invalid-entity',
    `${nameOf(what, entity)} has traffic ranges that are not understood; users there get nothing.`,
  );
  return value.flatMap((range) => {
    if (!isJsonObject(range)) return [];
    // Text that holds a number counts as the number, as it does when the official SDK compares it.
    const endOfRange = typeof range.endOfRange === 'string' ? Number(range.endOfRange) : range.endOfRange;
    if (typeof endOfRange !== 'number' || Number.isNaN(endOfRange)) return [];
    return [{ entityId: typeof range.entityId === 'string' ? range.entityId : '', endOfRange }];
  });
}

function isTrafficRange(range: JsonValue): range is JsonValue & TrafficRange {
  return isJsonObject(range) && typeof range.entityId === 'string' && typeof range.endOfRange === 'number';
}

function readVariations(rule: JsonObject, what: string, problems: ProblemList): readonly Variation[] | undefined {
  const value = rule.variations;
  if (!Array.isArray(value)) {
    problems.add(
      'invalid-entity',
      `${nameOf(what, rule)} was skipped: expected "variations" to be an array, got ${describe(value)}.`,
    );
    return undefined;
  }
  const variations = value.every(isVariation)
    ? value
    : readEntities(value, `variations of ${nameOf(what, rule)}`, problems).flatMap(
        (entity) => readVariation(entity, nameOf(what, rule), problems) ?? [],
      );
  reportDuplicateKeys(variations, rule, what, problems);
  return variations;
}

/** Whether a variation can be used just as it is. */
function isVariation(value: JsonValue): value is JsonValue & Variation {
  if (!isJsonObject(value)) return false;
  const { id, key, featureEnabled, variables } = value;
  return (
    typeof id === 'string' &&
    typeof key === 'string' &&
    key !== '' &&
    (featureEnabled === undefined || typeof featureEnabled === 'boolean') &&
    (variables === undefined || (Array.isArray(variables) && variables.every(isVariableUsage)))
  );
}

/** Keeps what can be used of a variation. */
function readVariation(entity: JsonObject, what: string, problems: ProblemList): Variation | undefined {
  const id = readString(entity, 'id', `a variation of ${what}`, problems);
  const key = readString(entity, 'key', `a variation of ${what}`, problems);
  if (id === undefined || key === undefined) return undefined;
  if (key === '') {
    problems.add('invalid-entity', `Variation "${id}" of ${what} was skipped: its "key" is empty.`);
    return undefined;
  }
  const { variables, featureEnabled } = entity;
  if (featureEnabled !== undefined && typeof featureEnabled !== 'boolean') {
    problems.add(
      'invalid-entity',
      `Variation "${id}" of ${what} counts as ${featureEnabled ? 'enabled' : 'disabled'}: expected "featureEnabled" to be a boolean, got ${describe(featureEnabled)}.`,
    );
  }
  const usages = Array.isArray(variables) ? variables.filter(isVariableUsage) : undefined;
  if (
    usages ? usages.length < (variables as readonly JsonValue[]).length : variables !== undefined && variables !== null
  ) {
    problems.add(
      'invalid-entity',
      `Variation "${id}" of ${what} has variables that are not understood; defaults are used.`,
    );
  }
  const variation = { id, key, featureEnabled: Boolean(featureEnabled) };
  return usages ? { ...variation, variables: usages } : variation;
}

function isVariableUsage(value: JsonValue): value is JsonValue & VariableUsage {
  return isJsonObject(value) && typeof value.id === 'string' && typeof value.value === 'string';
}

function reportDuplicateKeys(
  variations: readonly Variation[],
  rule: JsonObject,
  what: string,
  problems: ProblemList,
): void {
  for (let index = 1; index < variations.length; index += 1) {
    const key = variations[index]?.key;
    // The keys before are few; a rule with very many variations is checked against its neighbours only.
    for (let before = Math.max(0, index - 16); before < index; before += 1) {
      if (variations[before]?.key === key) {
        const name = nameOf(what, rule);
        problems.add('duplicate-key', `${name} has two variations with the key "${key}"; the last one is used.`);
      }
    }
  }
}

function readAllowList(rule: JsonObject, what: string, problems: ProblemList): ReadonlyMap<string, string> | undefined {
  const value = rule.forcedVariations;
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) {
    problems.add(
      'invalid-entity',
      `The allow-list of ${nameOf(what, rule)} was ignored: expected an object, got ${describe(value)}.`,
    );
    return undefined;
  }
  const listed = Object.entries(value);
  if (listed.length === 0) return undefined;
  const entries = listed.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (entries.length < listed.length) {
    problems.add(
      'invalid-entity',
      `The allow-list of ${nameOf(what, rule)} names values that are no variation keys; they were left out.`,
    );
  }
  return entries.length === 0 ? undefined : new Map(entries);
}

function readCmab(rule: JsonObject, what: string, problems: ProblemList): CmabSettings | undefined {
  const value = rule.cmab;
  if (!value) return undefined;
  const name = nameOf(what, rule);
  const settings = isJsonObject(value) ? value : {};
  const { trafficAllocation } = settings;
  if (typeof trafficAllocation !== 'number') {
    problems.add(
      'invalid-entity',
      `The bandit of ${name} lets nobody in: expected its "trafficAllocation" to be a number, got ${describe(trafficAllocation)}.`,
    );
  }
  return {
    attributeIds: readStrings(settings.attributeIds, `"attributeIds" of ${name}`, problems),
    trafficAllocation: typeof trafficAllocation === 'number' ? trafficAllocation : 0,
  };
}
