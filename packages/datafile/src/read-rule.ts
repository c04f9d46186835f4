/** Reads one rule: an experiment, a delivery or a holdout, which share their shape. */
import type { CmabSettings, JsonValue, Rule, TrafficRange, VariableUsage, Variation } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { readRuleConditions } from './read-conditions.ts';
import { isJsonObject, type JsonObject } from './read-json.ts';
import {
  hasStrings,
  nameOf,
  namesOf,
  readArray,
  readEach,
  readEntities,
  readStrings,
  stringOr,
} from './read-section.ts';

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
  if (!hasStrings(entity, ['id', 'key'], what, problems)) return undefined;
  const { id, key, audienceConditions } = entity;
  const variations = readVariations(entity, id, what, problems);
  const cmab = readCmab(entity, id, what, problems);
  const trafficRanges = readTrafficRanges(entity, what, problems, cmab && []);
  if (variations === undefined || trafficRanges === undefined) return undefined;
  return {
    id,
    key,
    status: stringOr(entity.status, ''),
    layerId: stringOr(entity.layerId, ''),
    variations,
    trafficRanges,
    audienceConditions: readRuleConditions(audienceConditions || entity.audienceIds, id, problems),
    hasAudienceConditions: Boolean(audienceConditions),
    allowList: readAllowList(entity, id, what, problems),
    groupId: groupId ?? (stringOr(entity.groupId, '') || undefined),
    cmab,
  };
}

/**
 * Returns the pieces of a traffic split, or `undefined` after reporting that it is missing.
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
    `${nameOf(what, entity)} has traffic ranges that are not valid; users in them get no variation.`,
    ...namesOf(entity),
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

function readVariations(
  rule: JsonObject,
  id: string,
  what: string,
  problems: ProblemList,
): readonly Variation[] | undefined {
  const listed = readArray(rule, 'variations', what, problems);
  if (listed === undefined) return undefined;
  const variations = listed.every(isVariation) ? listed : keepVariations(listed, id, what, problems);
  reportDuplicateKeys(variations, id, what, problems);
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

/** Keeps what can be used of variations. Properties that are `null` count as absent: the service writes them. */
function keepVariations(
  variations: readonly JsonValue[],
  ruleId: string,
  what: string,
  problems: ProblemList,
): readonly Variation[] {
  const owner = `${what.toLowerCase()} %`;
  return readEach(readEntities(variations, `the variations of ${owner}`, problems, ruleId), (entity) => {
    if (!hasStrings(entity, ['id', 'key'], 'Variation', problems, { of: ` of ${owner}`, names: [ruleId] }))
      return undefined;
    const { id, key } = entity;
    const name = `Variation % of ${owner}`;
    if (key === '') return problems.add('invalid-entity', `${name} was skipped: its "key" is empty.`, id, ruleId);
    const featureEnabled = entity.featureEnabled ?? false;
    if (typeof featureEnabled !== 'boolean') {
      const outcome = `${name} counts as ${featureEnabled ? 'enabled' : 'disabled'}`;
      problems.expected(outcome, '"featureEnabled" to be a boolean', featureEnabled, id, ruleId);
    }
    const listed = entity.variables ?? [];
    const variables = Array.isArray(listed) ? listed.filter(isVariableUsage) : [];
    if (!Array.isArray(listed) || variables.length < listed.length)
      problems.add('invalid-entity', `${name} has variables that are not valid; defaults are used.`, id, ruleId);
    return { id, key, featureEnabled: Boolean(featureEnabled), variables };
  });
}

function isVariableUsage(value: JsonValue): value is JsonValue & VariableUsage {
  const usage = value as Partial<VariableUsage> | null;
  return typeof usage?.id === 'string' && typeof usage.value === 'string';
}

function reportDuplicateKeys(
  variations: readonly Variation[],
  ruleId: string,
  what: string,
  problems: ProblemList,
): void {
  for (let index = 1; index < variations.length; index += 1) {
    const key = variations[index]?.key as string;
    // Most rules have few variations; of a rule with very many, each is compared with the 16 before it.
    for (let before = Math.max(0, index - 16); before < index; before += 1) {
      if (variations[before]?.key === key) {
        problems.add(
          'duplicate-key',
          `${what} % has two variations with the key %; the last one is used.`,
          ruleId,
          key,
        );
      }
    }
  }
}

function readAllowList(
  rule: JsonObject,
  id: string,
  what: string,
  problems: ProblemList,
): ReadonlyMap<string, string> | undefined {
  const value = rule.forcedVariations ?? {};
  const name = () => `The allow-list of ${what.toLowerCase()} %`;
  if (!isJsonObject(value)) return problems.expected(`${name()} was ignored`, 'an object', value, id);
  if (Object.keys(value).length === 0) return undefined;
  const listed = Object.entries(value);
  const entries = listed.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (entries.length < listed.length) {
    problems.add('invalid-entity', `${name()} has values that are not variation keys; they were left out.`, id);
  }
  return new Map(entries);
}

function readCmab(rule: JsonObject, id: string, what: string, problems: ProblemList): CmabSettings | undefined {
  const value = rule.cmab;
  if (!value) return undefined;
  const { attributeIds, trafficAllocation }: JsonObject = isJsonObject(value) ? value : {};
  const isShare = typeof trafficAllocation === 'number';
  const name = `${what.toLowerCase()} %`;
  if (!isShare) {
    const outcome = `The bandit of ${name} admits no users`;
    problems.expected(outcome, 'its "trafficAllocation" to be a number', trafficAllocation, id);
  }
  return {
    attributeIds: readStrings(attributeIds, `"attributeIds" of ${name}`, problems, id),
    trafficAllocation: isShare ? trafficAllocation : 0,
  };
}
