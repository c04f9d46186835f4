/**
 * What a page and a start cost at least: the text is parsed, what decisions look up is indexed, and decisions are written by
 * hand for the datafiles of `server-project.js` alone. No reasons, no checks, no events.
 */
import { computeBucket } from '@sortition/core';

/** @typedef {{ name: string, match: string, value?: string | number | boolean }} Leaf */
/** @typedef {Record<string, string | number | boolean>} Attributes */
/** @typedef {{ id: string, key: string, featureEnabled: boolean }} Variation */
/** @typedef {{ id: string, variations: Variation[], trafficAllocation: { entityId: string, endOfRange: number }[], audienceConditions: string[] }} Rule */
/** @typedef {{ id: string, conditions: [operator: string, ...leaves: Leaf[]] }} Audience */

/** @param {Leaf} leaf @param {Attributes} attributes */
function holds({ name, match, value = '' }, attributes) {
  const own = attributes[name];
  if (match === 'exact') return own === value;
  if (own === undefined || match === 'exists') return own !== undefined;
  if (match === 'substring') return String(own).includes(String(value));
  if (match === 'gt') return Number(own) > Number(value);
  if (match === 'ge') return Number(own) >= Number(value);
  if (match === 'lt') return Number(own) < Number(value);
  if (match === 'le') return Number(own) <= Number(value);
  const parts = String(own).split('.').map(Number);
  for (const [index, least] of String(value).split('.').map(Number).entries())
    if (Number(parts[index]) !== least) return Number(parts[index]) > least;
  return true;
}

/** @param {string} datafile */
export function createPageFloor(datafile) {
  const project = JSON.parse(datafile);
  /** @type {Map<string, Audience>} */
  const audiences = new Map();
  for (const audience of project.typedAudiences) audiences.set(audience.id, audience);
  /** @type {Map<string, Rule>} */
  const rules = new Map();
  for (const rule of project.experiments) rules.set(rule.id, rule);
  /** @type {Map<string, Rule>} */
  const deliveries = new Map();
  for (const { id, experiments } of project.rollouts) deliveries.set(id, experiments[0]);
  /** @type {Map<string, { experimentIds: string[], rolloutId: string }>} */
  const flags = new Map();
  for (const flag of project.featureFlags) flags.set(flag.key, flag);

  /** @param {Rule} rule @param {Attributes} attributes */
  const isMet = ({ audienceConditions }, attributes) => {
    for (const id of audienceConditions) {
      const [operator, ...leaves] = audiences.get(id)?.conditions ?? [];
      if (operator === 'and' && leaves.every((leaf) => holds(leaf, attributes))) return true;
      if (operator === 'or' && leaves.some((leaf) => holds(leaf, attributes))) return true;
    }
    return audienceConditions.length === 0;
  };
  return {
    /** @param {string} userId @param {Attributes} given */
    createUserContext(userId, given) {
      const attributes = { ...given };
      return {
        /** @param {string} flagKey */
        decide(flagKey) {
          const flag = flags.get(flagKey);
          for (const rule of [rules.get(flag?.experimentIds[0] ?? ''), deliveries.get(flag?.rolloutId ?? '')]) {
            if (rule === undefined || !isMet(rule, attributes)) continue;
            const bucket = computeBucket(userId, rule.id);
            const range = rule.trafficAllocation.find(({ endOfRange }) => bucket < endOfRange);
            const variation = rule.variations.find(({ id }) => id === range?.entityId);
            if (variation) return { variationKey: variation.key, enabled: variation.featureEnabled };
          }
          return { variationKey: null, enabled: false };
        },
      };
    },
  };
}
