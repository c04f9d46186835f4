/** A small project: a test, a bandit, an audience that a segment decides, and one event. */

const variation = (id: string, key: string, featureEnabled: boolean) => ({ id, key, featureEnabled, variables: [] });

const rule = (id: string, key: string, more: object = {}) => ({
  id,
  key,
  status: 'Running',
  layerId: `layer-of-${id}`,
  variations: [variation(`${id}1`, 'new', true), variation(`${id}2`, 'old', false)],
  trafficAllocation: [{ entityId: `${id}1`, endOfRange: 10_000 }],
  audienceIds: [],
  forcedVariations: {},
  ...more,
});

const flag = (id: string, key: string, more: object) => ({
  id,
  key,
  experimentIds: [],
  rolloutId: '',
  variables: [],
  ...more,
});

/** Returns the datafile, with some of its sections replaced. */
export function shopProject(overrides: object = {}): object {
  return {
    version: '4',
    revision: '7',
    accountId: '1',
    projectId: '2',
    sendFlagDecisions: true,
    experiments: [
      rule('10', 'search_test'),
      rule('20', 'offer_bandit', { cmab: { attributeIds: [], trafficAllocation: 10_000 } }),
    ],
    groups: [],
    rollouts: [{ id: '300', experiments: [rule('30', 'vip_delivery', { audienceIds: ['400'] })] }],
    featureFlags: [
      flag('1', 'search', { experimentIds: ['10'] }),
      flag('2', 'offer', { experimentIds: ['20'] }),
      flag('3', 'lounge', { rolloutId: '300' }),
    ],
    typedAudiences: [
      {
        id: '400',
        name: 'VIPs',
        conditions: ['or', { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'vip' }],
      },
    ],
    audiences: [],
    attributes: [{ id: '500', key: 'plan' }],
    events: [{ id: '600', key: 'purchase', experimentIds: ['10'] }],
    integrations: [{ key: 'odp', host: 'https://api.zaius.com', publicKey: 'key' }],
    ...overrides,
  };
}
