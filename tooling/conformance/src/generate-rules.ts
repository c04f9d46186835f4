/** Generates rules: experiments, deliveries and holdouts with their variations and traffic. */
import type { RuleJson, VariableJson, VariationJson } from './datafile-json.ts';
import { generateAudienceFields } from './generate-conditions.ts';
import type { Ids } from './generate-ids.ts';
import { variableText } from './generate-variables.ts';
import type { Random } from './random.ts';
import { LISTED_USERS } from './vocabulary.ts';

/** What a rule is made of. */
export interface RuleParts {
  readonly random: Random;
  readonly ids: Ids;
  readonly audienceIds: readonly string[];
  /** Variables of the flag the rule is for. */
  readonly variables: readonly VariableJson[];
  readonly attributeIds: readonly string[];
  /** A key may come twice only with the same status, because of the deviation D1. */
  readonly statusByKey: Map<string, unknown>;
}

/** Ids that several variations of a project may have, each with a key of its own. */
export const REUSED_IDS: readonly string[] = ['900001', '900002', 'reused'];

/** Generates the variations of a rule; `shared` ones are those of every rule of the flag. */
export function generateVariations({ random, ids, variables }: RuleParts): VariationJson[] {
  return Array.from({ length: random.between(1, 3) }, () => {
    const variation: VariationJson = { id: ids.next(), key: ids.nextKey('variation') };
    if (random.chance(0.95)) variation.featureEnabled = random.chance(0.75);
    if (random.chance(0.9)) {
      variation.variables = random
        .some(variables, 0.6)
        .map((variable) => ({ id: variable.id, value: variableText(random, variable) }));
    }
    // Values that variations with one id bring are a deviation.
    if (random.chance(0.03)) return { ...variation, id: random.pick(REUSED_IDS), variables: [] };
    return variation;
  });
}

/** Generates an experiment or a delivery. */
export function generateRule(parts: RuleParts, kind: 'experiment' | 'delivery', shared?: VariationJson[]): RuleJson {
  const { random, ids, statusByKey } = parts;
  const variations = shared && random.chance(0.8) ? structuredClone(shared) : generateVariations(parts);
  const { key, status } = pickKeyAndStatus(parts, kind);
  statusByKey.set(key, status);
  const rule: RuleJson = {
    id: ids.next(),
    key,
    status,
    layerId: random.pick(['layer', '', '77']),
    variations,
    trafficAllocation: generateTraffic(random, variations),
    forcedVariations: kind === 'experiment' ? generateAllowList(random, variations) : {},
    ...generateAudienceFields(random, parts.audienceIds),
  };
  if (kind === 'delivery') {
    if (random.chance(0.2)) delete rule.forcedVariations;
    if (random.chance(0.1)) rule.isRollout = true;
    return rule;
  }
  if (random.chance(0.05)) delete rule.forcedVariations;
  if (random.chance(0.05)) delete rule.layerId;
  if (random.chance(0.15)) rule.type = 'fr';
  else if (random.chance(0.3)) rule.type = random.pick(['ab', 'mab', 'td', 'FR', null]);
  if (random.chance(0.2)) {
    rule.type = 'cmab';
    rule.cmab = {
      attributeIds: random.some(parts.attributeIds, 0.6),
      trafficAllocation: random.pick([10_000, 10_000, 5_000, 0]),
    };
    if (random.chance(0.5)) rule.trafficAllocation = [];
  }
  return rule;
}

/** Generates a holdout; local ones name their rules. */
export function generateHoldout(parts: RuleParts, includedRules: readonly string[] | undefined): RuleJson {
  const { random, ids } = parts;
  const dummy: VariationJson = { id: '$opt_dummy_variation_id', key: 'off', featureEnabled: false, variables: [] };
  const variations = random.chance(0.8) ? [dummy] : generateVariations(parts);
  const share = random.pick([0, 500, 2_000, 10_000]);
  const traffic = variations.map(({ id }) => ({ entityId: id, endOfRange: share }));
  const holdout: RuleJson = {
    id: ids.next(),
    key: ids.nextKey('holdout'),
    status: random.pick(['Running', 'Running', 'Running', 'Draft', 'Concluded', 'Archived']),
    variations,
    trafficAllocation: random.chance(0.8) ? traffic : generateTraffic(random, variations),
    ...generateAudienceFields(random, parts.audienceIds),
  };
  if (includedRules)
    holdout.includedRules = random.chance(0.1) ? [...includedRules, 'unknown-rule', holdout.id] : includedRules;
  else if (random.chance(0.2)) holdout.includedRules = random.pick<unknown>([[], null, ['x']]);
  return holdout;
}

function pickKeyAndStatus({ random, ids, statusByKey }: RuleParts, kind: string): { key: string; status: unknown } {
  if (statusByKey.size > 0 && random.chance(0.05)) {
    const [key, status] = random.pick([...statusByKey]);
    return { key, status };
  }
  const status = random.chance(0.88)
    ? 'Running'
    : random.pick(['Not started', 'Paused', 'Launched', 'Archived', 'running', '']);
  const key = ids.nextKey(kind);
  return { key, status: statusByKey.has(key) ? statusByKey.get(key) : status };
}

function generateAllowList(random: Random, variations: readonly VariationJson[]): Record<string, string> {
  if (random.chance(0.6)) return {};
  const keys = [...variations.map(({ key }) => key), 'unknown-variation'];
  return Object.fromEntries(random.some(LISTED_USERS, 0.4).map((userId) => [userId, random.pick(keys)]));
}

/** Cumulative ranges, mostly ascending; also empty, gapped, dangling, unordered and beyond the last bucket. */
function generateTraffic(
  random: Random,
  variations: readonly VariationJson[],
): { entityId: string; endOfRange: number }[] {
  if (random.chance(0.05)) return [];
  const entities = variations.map(({ id }) => id);
  if (random.chance(0.2)) entities.splice(random.below(entities.length + 1), 0, '');
  if (random.chance(0.05)) entities.push('unknown-variation-id');
  let end = 0;
  const ranges = entities.map((entityId, index) => {
    const rest = entities.length - index;
    end += random.chance(0.1) ? 0 : Math.floor(((10_000 - end) / rest) * random.pick([0.5, 1, 1, 1.3]));
    return { entityId, endOfRange: end };
  });
  if (random.chance(0.05)) return random.shuffle(ranges);
  if (random.chance(0.03))
    ranges.push({ entityId: entities[0] as string, endOfRange: random.pick([20_000, -1, 9_999.5]) });
  return ranges;
}
