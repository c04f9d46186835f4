/** The project the facade's tests decide with: small enough to be read, with one of each kind of rule. */

/** A variation with the variables it sets: variable id to text. */
function variation(id: string, key: string, featureEnabled: boolean, variables: Record<string, string> = {}): object {
  return { id, key, featureEnabled, variables: Object.entries(variables).map(([id, value]) => ({ id, value })) };
}

function rule(id: string, key: string, variations: object[], split: Record<string, number>, more: object = {}): object {
  return {
    id,
    key,
    status: 'Running',
    layerId: `layer-of-${id}`,
    variations,
    trafficAllocation: Object.entries(split).map(([entityId, endOfRange]) => ({ entityId, endOfRange })),
    audienceIds: [],
    forcedVariations: {},
    ...more,
  };
}

/** Everyone gets `one_page`, so that tests need not hunt for user ids. */
const CHECKOUT_TEST = rule(
  '101',
  'checkout_test',
  [
    variation('1011', 'one_page', true, { '11': '3', '12': 'true', '13': '0.25', '14': 'Pay now', '15': '{"a":[1]}' }),
    variation('1012', 'classic', false),
  ],
  { '1011': 10_000 },
);

const SPLIT_TEST = rule('102', 'split_test', [variation('1021', 'left', true), variation('1022', 'right', true)], {
  '1021': 5_000,
  '1022': 10_000,
});

const PRO_DELIVERY = rule(
  '201',
  'pro_users',
  [variation('2011', 'on', true)],
  { '2011': 10_000 },
  { audienceIds: ['301'] },
);
const EVERYONE_ELSE = rule('202', 'everyone_else', [variation('2021', 'off', false)], { '2021': 10_000 });

const DATAFILE = {
  version: '4',
  revision: '42',
  accountId: '1',
  projectId: '2',
  sdkKey: 'shop',
  environmentKey: 'test',
  sendFlagDecisions: true,
  experiments: [CHECKOUT_TEST, SPLIT_TEST],
  groups: [],
  rollouts: [{ id: '200', experiments: [PRO_DELIVERY, EVERYONE_ELSE] }],
  featureFlags: [
    {
      id: '1',
      key: 'checkout',
      experimentIds: ['101'],
      rolloutId: '',
      variables: [
        { id: '11', key: 'steps', type: 'integer', defaultValue: '5' },
        { id: '12', key: 'express', type: 'boolean', defaultValue: 'false' },
        { id: '13', key: 'discount', type: 'double', defaultValue: '0' },
        { id: '14', key: 'label', type: 'string', defaultValue: 'Buy' },
        { id: '15', key: 'layout', type: 'string', subType: 'json', defaultValue: '{}' },
      ],
    },
    { id: '2', key: 'split', experimentIds: ['102'], rolloutId: '', variables: [] },
    { id: '3', key: 'banner', experimentIds: [], rolloutId: '200', variables: [] },
    { id: '4', key: 'nothing', experimentIds: [], rolloutId: '', variables: [] },
  ],
  typedAudiences: [
    {
      id: '301',
      name: 'pro',
      conditions: ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' }],
    },
  ],
  audiences: [],
  attributes: [{ id: '401', key: 'plan' }],
  events: [{ id: '501', key: 'purchase', experimentIds: ['101'] }],
};

/** Returns a copy of the datafile, with some of its sections replaced. */
export function shopDatafile(overrides: object = {}): typeof DATAFILE {
  return { ...structuredClone(DATAFILE), ...overrides };
}
