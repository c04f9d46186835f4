/** A datafile of any size: each flag has an A/B test on an audience, a rollout and three variables, about 1.7 kB. */

/** @param {number} flagCount */
export function buildLargeDatafile(flagCount) {
  const numbers = Array.from({ length: flagCount }, (_, index) => index);
  return {
    version: '4',
    revision: '1',
    accountId: '1',
    projectId: '2',
    sendFlagDecisions: true,
    featureFlags: numbers.map((n) => ({
      id: `flag-${n}`,
      key: `flag_${n}`,
      experimentIds: [`exp-${n}`],
      rolloutId: `rollout-${n}`,
      variables: ['a', 'b', 'c'].map((name) => ({
        id: `var-${n}-${name}`,
        key: name,
        type: 'string',
        defaultValue: `default of ${name}`,
      })),
    })),
    experiments: numbers.map((n) => buildRule(`exp-${n}`, `test_${n}`, n, [`audience-${n % 100}`])),
    rollouts: numbers.map((n) => ({
      id: `rollout-${n}`,
      experiments: [buildRule(`rule-${n}`, `everyone_else_${n}`, n + 0.5, [])],
    })),
    audiences: numbers.slice(0, 100).map((n) => ({
      id: `audience-${n}`,
      name: `audience ${n}`,
      conditions: JSON.stringify([
        'and',
        ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: `plan-${n}` }],
        ['or', { type: 'custom_attribute', name: 'age', match: 'gt', value: n }],
      ]),
    })),
    attributes: ['plan', 'age'].map((key) => ({ id: `attribute-${key}`, key })),
    events: [],
    groups: [],
  };
}

/**
 * @param {string} id
 * @param {string} key
 * @param {number} n
 * @param {string[]} audienceIds
 */
function buildRule(id, key, n, audienceIds) {
  const variations = ['on', 'off'].map((name) => ({
    id: `${id}-${name}`,
    key: name,
    featureEnabled: name === 'on',
    variables: [{ id: `var-${Math.floor(n)}-a`, value: `value of ${name}` }],
  }));
  return {
    id,
    key,
    status: 'Running',
    layerId: `layer-of-${id}`,
    audienceIds,
    variations,
    trafficAllocation: [
      { entityId: `${id}-on`, endOfRange: 5_000 },
      { entityId: `${id}-off`, endOfRange: 10_000 },
    ],
    forcedVariations: {},
  };
}
