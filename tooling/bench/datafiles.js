/** Datafiles of any size for the measurements, the same bytes for every contestant. */

const VARIABLES = [
  { id: 'v1', key: 'title', type: 'string', defaultValue: 'Welcome' },
  { id: 'v2', key: 'items', type: 'integer', defaultValue: '12' },
  { id: 'v3', key: 'compact', type: 'boolean', defaultValue: 'false' },
];

const AUDIENCES = [
  {
    id: '7001',
    name: 'adults in Germany',
    conditions: [
      'and',
      { type: 'custom_attribute', name: 'country', match: 'exact', value: 'de' },
      { type: 'custom_attribute', name: 'age', match: 'ge', value: 18 },
    ],
  },
  {
    id: '7002',
    name: 'members',
    conditions: ['or', ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'member' }]],
  },
];

/** Attributes of the user every scenario decides for; both conditions of the first audience hold. */
export const ATTRIBUTES = { country: 'de', age: 41, plan: 'guest', device: 'phone', version: '2.4.1', beta: false };

/**
 * @param {string} id
 * @param {number} count
 */
function variations(id, count) {
  return Array.from({ length: count }, (_, index) => ({
    id: `${id}${index + 1}`,
    key: `variation_${index + 1}`,
    featureEnabled: true,
    variables: VARIABLES.map((variable, at) => ({
      id: variable.id,
      value: at === 0 ? `Title ${index}` : at === 1 ? String(index * 3) : 'true',
    })),
  }));
}

/**
 * @param {string} id
 * @param {string} key
 * @param {number} count
 * @param {string[]} audienceIds
 * @param {number} [traffic]
 */
function rule(id, key, count, audienceIds, traffic = 10_000) {
  const ofRule = variations(id, count);
  return {
    id,
    key,
    status: 'Running',
    layerId: `9${id}`,
    variations: ofRule,
    trafficAllocation: ofRule.map((variation, index) => ({
      entityId: variation.id,
      endOfRange: Math.floor((traffic * (index + 1)) / count),
    })),
    audienceIds,
    audienceConditions: audienceIds.length === 0 ? [] : ['or', ...audienceIds],
    forcedVariations: {},
  };
}

/**
 * A project of `count` flags. `uniform`: every flag has a three-way experiment behind two conditions. `mixed`: every
 * fifth flag each is an experiment for everyone, a delivery behind an audience, two deliveries, and a flag that is off.
 *
 * @param {number} count
 * @param {'uniform' | 'mixed'} [kind]
 */
export function createDatafile(count, kind = 'uniform') {
  const experiments = [];
  const rollouts = [];
  const featureFlags = [];
  for (let index = 0; index < count; index += 1) {
    const shape = kind === 'uniform' ? 0 : index % 5;
    const id = String(100_000 + index * 10);
    const everyone = rule(`${id}8`, `${id}-everyone`, 1, [], shape === 4 ? 0 : 10_000);
    const targeted = rule(`${id}7`, `${id}-targeted`, 1, [shape === 2 ? '7001' : '7002'], 5_000);
    const hasExperiment = shape < 2;
    if (hasExperiment) experiments.push(rule(`${id}1`, `${id}-experiment`, 3, shape === 0 ? ['7001'] : []));
    rollouts.push({ id: `${id}9`, experiments: shape === 4 ? [everyone] : [targeted, everyone] });
    featureFlags.push({
      id,
      key: `flag_${index}`,
      rolloutId: `${id}9`,
      experimentIds: hasExperiment ? [`${id}1`] : [],
      variables: VARIABLES,
    });
  }
  return {
    version: '4',
    accountId: '1',
    projectId: '2',
    revision: '3',
    sdkKey: 'bench',
    environmentKey: 'bench',
    sendFlagDecisions: true,
    anonymizeIP: true,
    botFiltering: false,
    experiments,
    groups: [],
    rollouts,
    featureFlags,
    events: [{ id: '8001', key: 'purchase', experimentIds: [] }],
    attributes: Object.keys(ATTRIBUTES).map((key, index) => ({ id: String(6000 + index), key })),
    audiences: AUDIENCES.map(({ id, name }) => ({
      id,
      name,
      conditions:
        '["or", {"match": "exact", "name": "$opt_dummy_attribute", "type": "custom_attribute", "value": "x"}]',
    })),
    typedAudiences: AUDIENCES,
    integrations: [],
    variables: [],
    holdouts: [],
  };
}
