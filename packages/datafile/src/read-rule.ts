/** Reads one rule: an experiment, a delivery or a holdout, which share their shape. */
import type { CmabSettings, JsonValue, Rule, TrafficRange, VariableUsage, Variation } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { readConditions } from './read-conditions.ts';
import { isJsonObject, type JsonObject } from './read-json.ts';
import { hasStrings, readArray, readEach, readEntities, readStrings, stringOr } from './read-section.ts';

/**
 * Returns whether a rule can be read. Does not create lists, because it runs for every rule before the first decision.
 */
export function isReadableRule({ id, key, variations, trafficAllocation, cmab }: JsonObject): boolean {
  return (
    typeof id === 'string' &&
    typeof key === 'string' &&
    Array.isArray(variations) &&
    Array.isArray(trafficAllocation ?? (cmab ? variations : undefined))
  );
}

/**
 * Reports why a rule cannot be read.
 *
 * @param what What kind of rule it is, as the first word of a message.
 */
export function reportRule(entity: JsonObject, what: string, problems: ProblemList): false {
  if (!hasStrings(entity, ['id', 'key'], what, problems)) return false;
  problems.at(what, entity.id);
  readArray(entity, 'trafficAllocation', problems, entity.cmab ? [] : undefined);
  readArray(entity, 'variations', problems);
  return false;
}

/**
 * Reads a rule that can be read.
 *
 * @param what What kind of rule it is, as the first word of a message.
 */
export function readRule(entity: JsonObject, what: string, groupId: string | undefined, problems: ProblemList): Rule {
  const { id, key, audienceConditions } = entity as JsonObject & Pick<Rule, 'id' | 'key'>;
  problems.at(what, id);
  const cmab = readCmab(entity.cmab, problems);
  const trafficRanges = readTrafficRanges(entity, problems, cmab && []) ?? [];
  return {
    id,
    key,
    status: stringOr(entity.status, ''),
    layerId: stringOr(entity.layerId, ''),
    variations: readVariations(entity.variations as readonly JsonValue[], what, id, problems),
    trafficRanges,
    audienceConditions: readConditions(audienceConditions || entity.audienceIds, problems),
    hasAudienceConditions: Boolean(audienceConditions),
    allowList: readAllowList(entity.forcedVariations ?? {}, problems),
    groupId: groupId ?? (stringOr(entity.groupId, '') || undefined),
    cmab,
  };
}

/**
 * Returns the pieces of a traffic split, or `undefined` after reporting that it is missing.
 *
 * @param fallback Used when there is no split.
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
    // A text with a number counts as that number, as in comparisons of the official SDK. No bucket is below NaN.
    endOfRange: typeof endOfRange === 'string' || typeof endOfRange === 'number' ? Number(endOfRange) : Number.NaN,
  }));
}

function isTrafficRange(value: JsonValue): value is JsonValue & TrafficRange {
  const range = value as Partial<TrafficRange> | null;
  return typeof range?.entityId === 'string' && typeof range.endOfRange === 'number';
}

function readVariations(
  listed: readonly JsonValue[],
  what: string,
  id: string,
  problems: ProblemList,
): readonly Variation[] {
  if (listed.every(isVariation)) return listed;
  const of = what.toLowerCase();
  const variations = readEach(readEntities(listed, problems, `variations of ${of}`), (entity) =>
    readVariation(entity, of, id, problems),
  );
  problems.at(what, id);
  return variations;
}

/** Returns whether a variation can be used unchanged. */
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

/** Reads the valid properties of a variation. `null` counts as absent, because the service writes it. */
function readVariation(entity: JsonObject, of: string, ofId: string, problems: ProblemList): Variation | undefined {
  if (!hasStrings(entity, ['id', 'key'], 'Variation', problems, of, ofId)) return undefined;
  const { id, key } = entity;
  problems.at('Variation', id, of, ofId);
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
