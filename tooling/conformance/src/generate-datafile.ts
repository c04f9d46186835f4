/**
 * Generates datafiles: every kind of entity, cross-referenced, with the adversarial values the official SDK tolerates.
 *
 * What it does not tolerate (a flag that names an unknown experiment, a rollout without rules …) is left out here; those
 * are the deviations D12 and D13, shown by tests of their own.
 */
import type { Datafile, FlagJson, RuleJson, VariableJson, VariationJson } from './datafile-json.ts';
import { generateConditions } from './generate-conditions.ts';
import { createIds, type Ids } from './generate-ids.ts';
import { generateHoldout, generateRule, generateVariations, type RuleParts } from './generate-rules.ts';
import { generateVariables } from './generate-variables.ts';
import type { Random } from './random.ts';
import { ATTRIBUTE_KEYS } from './vocabulary.ts';

/**
 * Generates one datafile.
 *
 * @param mode Flags that asynchronous calls decide share no experiments: which of them assigns it is a deviation.
 */
export function generateDatafile(random: Random, mode: 'sync' | 'async'): Datafile {
  const ids = createIds(random);
  const attributes = random.some(ATTRIBUTE_KEYS, 0.7).map((key) => ({ id: ids.next(), key }));
  const { audiences, typedAudiences, audienceIds } = generateAudiences(random, ids);
  const flagVariables = Array.from({ length: random.between(1, 6) }, () => generateVariables(random, ids));
  const statusByKey = new Map<string, unknown>();
  const parts = (variables: readonly VariableJson[]): RuleParts => ({
    random,
    ids,
    audienceIds,
    variables,
    attributeIds: attributes.map(({ id }) => id),
    statusByKey,
  });
  const experiments: RuleJson[] = [];
  const groups: Record<string, unknown>[] = [];
  const rollouts: { id: string; experiments: RuleJson[] }[] = [];
  const flags: FlagJson[] = [];
  const attached: RuleJson[] = [];
  for (const variables of flagVariables) {
    const shared = random.chance(0.3) ? generateVariations(parts(variables)) : undefined;
    const own = Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, () =>
      generateRule(parts(variables), 'experiment', shared),
    );
    const [grouped, plain] = random.chance(0.3) ? [own, []] : [[], own];
    experiments.push(...plain);
    if (grouped.length > 0) groups.push(generateGroup(random, ids, grouped, [...attached]));
    const borrowed = random.some(random.shuffle(attached.filter(isBorrowable)).slice(0, 1), mode === 'sync' ? 0.15 : 0);
    attached.push(...own);
    const rollout = generateRollout(random, ids, parts(variables), shared);
    if (rollout) rollouts.push(rollout);
    flags.push({
      id: ids.next(),
      key: ids.nextKey('flag'),
      rolloutId: rollout?.id ?? random.pick(['', '', 'unknown-rollout', rollouts[0]?.id ?? '']),
      experimentIds: random.shuffle([...own, ...borrowed]).map(({ id }) => id),
      variables: [...variables],
    });
  }
  if (random.chance(0.1)) experiments.push(generateRule(parts([]), 'experiment'));
  const deliveries = rollouts.flatMap((rollout) => rollout.experiments);
  const ruleIds = [...attached, ...deliveries].map(({ id }) => id);
  const holdout = (scope: 'global' | 'local') =>
    generateHoldout(parts(random.pick(flagVariables)), scope === 'local' ? random.some(ruleIds, 0.5) : undefined);
  if (mode === 'sync' && random.chance(0.08)) duplicateSomething(random, flags, experiments);
  const datafile: Datafile = {
    version: random.pick(['4', '4', '4', '4', '3', '2']),
    accountId: ids.next(),
    projectId: ids.next(),
    revision: String(random.below(1000)),
    featureFlags: random.chance(0.9) ? flags : random.shuffle(flags),
    experiments,
    groups,
    rollouts,
    attributes,
    audiences,
    typedAudiences,
    events: [{ id: ids.next(), key: 'purchase', experimentIds: random.some(ruleIds, 0.3) }],
    integrations: random.chance(0.2) ? [{ key: 'odp', host: 'https://odp.invalid', publicKey: 'key' }] : [],
    holdouts: Array.from({ length: random.pick([0, 0, 0, 1, 2]) }, () => holdout('global')),
    localHoldouts: Array.from({ length: random.pick([0, 0, 0, 1, 2, 3]) }, () => holdout('local')),
    variables: [],
  };
  for (const [field, values] of OPTIONAL_FIELDS) if (random.chance(0.6)) datafile[field] = random.pick(values);
  for (const field of DROPPABLE_WHEN_EMPTY) {
    if ((datafile[field] as unknown[]).length === 0 && random.chance(0.5)) delete datafile[field];
  }
  return datafile;
}

/** Ids and keys that come twice: the later entity wins. */
function duplicateSomething(random: Random, flags: FlagJson[], experiments: RuleJson[]): void {
  const { key } = random.pick(flags);
  if (random.chance(0.5)) flags.push({ ...structuredClone(random.pick(flags)), key });
  const [first, second] = random.shuffle(experiments.filter(isBorrowable));
  if (first && second) experiments.push({ ...structuredClone(second), id: first.id });
}

/** A feature rollout of two flags is a deviation of its own. */
function isBorrowable({ type }: RuleJson): boolean {
  return type !== 'fr';
}

const OPTIONAL_FIELDS: readonly (readonly [string, readonly unknown[]])[] = [
  ['sendFlagDecisions', [true, true, false]],
  ['botFiltering', [true, false]],
  ['anonymizeIP', [true, false]],
  ['sdkKey', ['key']],
  ['environmentKey', ['production', '']],
  ['region', ['US', 'EU', 'us']],
  ['futureField', [{ nested: [1] }, null]],
];

const DROPPABLE_WHEN_EMPTY = [
  'groups',
  'rollouts',
  'attributes',
  'audiences',
  'typedAudiences',
  'integrations',
  'holdouts',
  'localHoldouts',
  'variables',
] as const;

function generateAudiences(random: Random, ids: Ids) {
  const typedAudiences: Record<string, unknown>[] = [];
  const audiences: Record<string, unknown>[] = [];
  const audienceIds: string[] = [];
  for (let count = random.between(1, 6); count > 0; count -= 1) {
    const id = ids.next();
    const name = random.pick(['adults', 'Zürich', '', 'a "b"']);
    audienceIds.push(id);
    const kind = random.below(10);
    if (kind < 6) typedAudiences.push({ id, name, conditions: generateConditions(random) });
    if (kind < 2 || kind >= 6) audiences.push({ id, name, conditions: JSON.stringify(generateConditions(random)) });
  }
  if (random.chance(0.1)) {
    const again = { id: random.pick(audienceIds), name: 'again', conditions: generateConditions(random) };
    typedAudiences.push(again);
  }
  return { audiences, typedAudiences, audienceIds };
}

function generateGroup(random: Random, ids: Ids, experiments: RuleJson[], others: RuleJson[]) {
  const chosen = [...experiments.map(({ id }) => id), ...random.some(others, 0.1).map(({ id }) => id), ''];
  let end = 0;
  const trafficAllocation = random.some(random.shuffle(chosen), 0.8).map((entityId) => {
    end += random.between(0, 5000);
    return { entityId, endOfRange: end };
  });
  return {
    id: ids.next(),
    policy: random.pick(['random', 'random', 'random', 'overlapping', 'future']),
    trafficAllocation,
    experiments,
  };
}

function generateRollout(random: Random, ids: Ids, parts: RuleParts, shared: VariationJson[] | undefined) {
  if (random.chance(0.15)) return undefined;
  const count = random.pick([0, 1, 2, 3, 3]);
  return { id: ids.next(), experiments: Array.from({ length: count }, () => generateRule(parts, 'delivery', shared)) };
}
