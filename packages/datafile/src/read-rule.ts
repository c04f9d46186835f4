/** Reads one rule: an experiment, a delivery or a holdout, which share their shape. */
import type { CmabSettings, JsonValue, Rule, TrafficRange, VariableUsage, Variation } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { readConditions } from './read-conditions.ts';
import { isJsonObject, type JsonObject } from './read-json.ts';
import { hasStrings, readArray, readEach, readEntities, readStrings, stringOr } from './read-section.ts';

/**
 * Returns a rule, or `undefined` after reporting why it was skipped.
 *
 * @param what What kind of rule it is, as the first word of a message.
 */
export function readRule(
  entity: JsonObject,
  what: string,
  groupId: string | undefined,
  problems: ProblemList,
): Rule | undefined {
  problems.at(what, entity.id);
  if (!hasStrings(entity, ['id', 'key'], problems)) return undefined;
  const { id, key, audienceConditions } = entity;
  const cmab = readCmab(entity.cmab, problems);
  const trafficRanges = readTrafficRanges(entity, problems, cmab && []);
  const variations = readVariations(entity, what, id, problems);
  if (variations === undefined || trafficRanges === undefined) return undefined;
  return {
    id,
    key,
    status: stringOr(entity.status, ''),
    layerId: stringOr(entity.layerId, ''),
    variations,
    trafficRanges,
    audienceConditions: readConditions(audienceConditions || entity.audienceIds, problems),
    hasAudienceConditions: Boolean(audienceConditions),
    allowList: readAllowList(entity.forcedVariations ?? {}, problems),
    groupId: groupId ?? (stringOr(entity.groupId, '') || undefined),
    cmab,
  };
}

/** Whether `readRule` will not skip an entity. Written without lists: it runs for every rule while a client is created. */
export function isReadableRule({ id, key, variations, trafficAllocation, cmab }: JsonObject): boolean {
  return (
    typeof id === 'string' &&
    typeof key === 'string' &&
    Array.isArray(variations) &&
    Array.isArray(trafficAllocation ?? (cmab ? variations : undefined))
  );
}

/**
 * Returns the pieces of a traffic split, or `undefined` after reporting that it is missing.
 *
 * @param fallback Stands in for a split that is missing altogether.
 */
export function readTrafficRanges(
  entity: JsonObject,
  problems: ProblemList,
  fallback?: readonly JsonValue[],
): readonly TrafficRange[] | undefined {
  const ranges = readArray(entity, 'trafficAllocation', problems, fallback);
  if (ranges === undefined || ranges.every(isTrafficRange)) return ranges;
  problems.add('invalid-entity', 'traffic');
  return ranges.filter(isJsonObject).map(({ entityId, endOfRange }) => ({
    entityId: stringOr(entityId, ''),
    // Text that holds a number counts as the number, as it does when the official SDK compares it. No bucket is below NaN.
    endOfRange: typeof endOfRange === 'string' || typeof endOfRange === 'number' ? Number(endOfRange) : Number.NaN,
  }));
}

function isTrafficRange(value: JsonValue): value is JsonValue & TrafficRange {
  const range = value as Partial<TrafficRange> | null;
  return typeof range?.entityId === 'string' && typeof range.endOfRange === 'number';
}

function readVariations(
  rule: JsonObject,
  what: string,
  id: string,
  problems: ProblemList,
): readonly Variation[] | undefined {
  const listed = readArray(rule, 'variations', problems);
  if (listed === undefined) return undefined;
  const of = what.toLowerCase();
  const variations = listed.every(isVariation)
    ? listed
    : readEach(readEntities(listed, problems, `variations of ${of}`), (entity) => {
        problems.at('Variation', entity.id, of, id);
        return readVariation(entity, problems);
      });
  problems.at(what, id);
  reportDuplicateKeys(variations, problems);
  return variations;
}

/** Whether a variation can be used just as it is. */
function isVariation(value: JsonValue): value is JsonValue & Variation {
  const { id, key, featureEnabled, variables } = (value ?? {}) as JsonObject;
  return (
    typeof id === 'string' &&
    typeof key === 'string' &&
    key !== '' &&
    (featureEnabled === undefined || typeof featureEnabled === 'boolean') &&
    (variables === undefined || (Array.isArray(variables) && variables.every(isVariableUsage)))
  );
}

/** Keeps what can be used of a variation. Properties that are `null` count as absent: the service writes them. */
function readVariation(entity: JsonObject, problems: ProblemList): Variation | undefined {
  if (!hasStrings(entity, ['id', 'key'], problems)) return undefined;
  const { id, key } = entity;
  if (key === '') return problems.skip('key', 'a string that is not empty', key);
  const featureEnabled = Boolean(entity.featureEnabled);
  if (typeof (entity.featureEnabled ?? false) !== 'boolean')
    problems.add('invalid-entity', featureEnabled ? 'enabled' : 'disabled');
  const listed = entity.variables ?? [];
  const variables = Array.isArray(listed) ? listed.filter(isVariableUsage) : undefined;
  if (variables?.length !== (listed as readonly JsonValue[]).length) problems.add('invalid-entity', 'variables');
  return { id, key, featureEnabled, variables: variables ?? [] };
}

function isVariableUsage(value: JsonValue): value is JsonValue & VariableUsage {
  const usage = value as Partial<VariableUsage> | null;
  return typeof usage?.id === 'string' && typeof usage.value === 'string';
}

function reportDuplicateKeys(variations: readonly Variation[], problems: ProblemList): void {
  for (let index = 1; index < variations.length; index += 1) {
    const key = variations[index]?.key as string;
    // Most rules have few variations; of a rule with very many, each is compared with the 16 before it.
    for (let before = Math.max(0, index - 16); before < index; before += 1) {
      if (variations[before]?.key === key) problems.add('duplicate-key', 'same-key', key);
    }
  }
}

function readAllowList(value: JsonValue, problems: ProblemList): ReadonlyMap<string, string> | undefined {
  if (!isJsonObject(value)) return problems.ignore('forcedVariations', 'an object', value);
  const listed = Object.entries(value);
  if (listed.length === 0) return undefined;
  const entries = listed.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (entries.length < listed.length) problems.leaveOut('forcedVariations');
  return new Map(entries);
}

function readCmab(value: JsonValue | undefined, problems: ProblemList): CmabSettings | undefined {
  if (!value) return undefined;
  const cmab: JsonObject = isJsonObject(value) ? value : {};
  const { trafficAllocation } = cmab;
  const isShare = typeof trafficAllocation === 'number';
  if (!isShare) problems.add('invalid-entity', 'bandit');
  return {
    attributeIds: readStrings(cmab, 'attributeIds', problems),
    trafficAllocation: isShare ? trafficAllocation : 0,
  };
}
