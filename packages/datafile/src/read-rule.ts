/** Reads one rule: an experiment, a delivery or a holdout, which share their shape. */
import type { CmabSettings, JsonValue, Rule, TrafficRange, VariableUsage, Variation } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { isJsonObject, type JsonObject } from './read-json.ts';
import { hasStrings, nameOf, readArray, readEach, readEntities, readStrings, stringOr } from './read-section.ts';

/** Returns a rule, or `undefined` after reporting why it was skipped. */
export function readRule(
  entity: JsonObject,
  what: string,
  groupId: string | undefined,
  problems: ProblemList,
): Rule | undefined {
  if (!hasStrings(entity, ['id', 'key'], what, problems)) return undefined;
  const variations = readVariations(entity, what, problems);
  const cmab = readCmab(entity, what, problems);
  const trafficRanges = readTrafficRanges(entity, what, problems, cmab && []);
  if (variations === undefined || trafficRanges === undefined) return undefined;
  const { id, key, audienceConditions } = entity;
  return {
    id,
    key,
    status: stringOr(entity.status, ''),
    layerId: stringOr(entity.layerId, ''),
    variations,
    trafficRanges,
    audienceConditions: audienceConditions || entity.audienceIds,
    hasAudienceConditions: Boolean(audienceConditions),
    allowList: readAllowList(entity, what, problems),
    groupId: groupId ?? (stringOr(entity.groupId, '') || undefined),
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
  fallback?: readonly JsonValue[],
): readonly TrafficRange[] | undefined {
  const ranges = readArray(entity, 'trafficAllocation', what, problems, fallback);
  if (ranges === undefined || ranges.every(isTrafficRange)) return ranges;
  problems.add(
    'invalid-entity',
    `${nameOf(what, entity)} has traffic ranges that are not understood; users there get nothing.`,
  );
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

function readVariations(rule: JsonObject, what: string, problems: ProblemList): readonly Variation[] | undefined {
  const listed = readArray(rule, 'variations', what, problems);
  if (listed === undefined) return undefined;
  const variations = listed.every(isVariation) ? listed : keepVariations(listed, nameOf(what, rule), problems);
  reportDuplicateKeys(variations, rule, what, problems);
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

/** Keeps what can be used of variations. */
function keepVariations(variations: readonly JsonValue[], owner: string, problems: ProblemList): readonly Variation[] {
  return readEach(readEntities(variations, `variations of ${owner}`, problems), (entity) => {
    if (!hasStrings(entity, ['id', 'key'], `a variation of ${owner}`, problems)) return undefined;
    const { id, key, featureEnabled = false } = entity;
    const name = `Variation "${id}" of ${owner}`;
    if (key === '') return problems.add('invalid-entity', `${name} was skipped: its "key" is empty.`);
    if (typeof featureEnabled !== 'boolean') {
      const outcome = `${name} counts as ${featureEnabled ? 'enabled' : 'disabled'}`;
      problems.expected(outcome, '"featureEnabled" to be a boolean', featureEnabled);
    }
    const listed = entity.variables ?? [];
    const variables = Array.isArray(listed) ? listed.filter(isVariableUsage) : [];
    if (!Array.isArray(listed) || variables.length < listed.length)
      problems.add('invalid-entity', `${name} has variables that are not understood; defaults are used.`);
    return { id, key, featureEnabled: Boolean(featureEnabled), variables };
  });
}

function isVariableUsage(value: JsonValue): value is JsonValue & VariableUsage {
  const usage = value as Partial<VariableUsage> | null;
  return typeof usage?.id === 'string' && typeof usage.value === 'string';
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
  const value = rule.forcedVariations ?? {};
  if (!isJsonObject(value))
    return problems.expected(`The allow-list of ${nameOf(what, rule)} was ignored`, 'an object', value);
  if (Object.keys(value).length === 0) return undefined;
  const listed = Object.entries(value);
  const entries = listed.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (entries.length < listed.length) {
    problems.add(
      'invalid-entity',
      `The allow-list of ${nameOf(what, rule)} names values that are no variation keys; they were left out.`,
    );
  }
  return new Map(entries);
}

function readCmab(rule: JsonObject, what: string, problems: ProblemList): CmabSettings | undefined {
  const value = rule.cmab;
  if (!value) return undefined;
  const name = nameOf(what, rule);
  const { attributeIds, trafficAllocation }: JsonObject = isJsonObject(value) ? value : {};
  const isShare = typeof trafficAllocation === 'number';
  if (!isShare)
    problems.expected(
      `The bandit of ${name} lets nobody in`,
      'its "trafficAllocation" to be a number',
      trafficAllocation,
    );
  return {
    attributeIds: readStrings(attributeIds, `"attributeIds" of ${name}`, problems),
    trafficAllocation: isShare ? trafficAllocation : 0,
  };
}
