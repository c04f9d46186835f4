/** A small project: a flag with an experiment and deliveries, a flag with a holdout, an experiment without a flag, an event. */
const VARIABLES = [
  { id: '61', key: 'steps', type: 'integer', defaultValue: '3' },
  { id: '62', key: 'theme', type: 'string', subType: 'json', defaultValue: '{"dark":false}' },
];

/** The project as text. */
export function shopDatafile(changes: object = {}): string {
  return JSON.stringify({
    version: '4',
    accountId: '1',
    projectId: '2',
    revision: '7',
    sdkKey: 'shop',
    environmentKey: 'production',
    anonymizeIP: false,
    botFiltering: false,
    sendFlagDecisions: true,
    attributes: [{ id: '71', key: 'plan' }],
    audiences: [
      { id: '41', name: 'older', conditions: '["or", {"type": "custom_attribute", "name": "plan", "value": "x"}]' },
    ],
    typedAudiences: [
      {
        id: '42',
        name: 'pro',
        conditions: ['and', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' }],
      },
    ],
    events: [{ id: '91', key: 'order', experimentIds: ['21'] }],
    integrations: [],
    groups: [],
    experiments: [
      {
        id: '21',
        key: 'checkout_test',
        status: 'Running',
        layerId: '31',
        variations: [
          { id: '51', key: 'short', featureEnabled: true, variables: [{ id: '61', value: '2' }] },
          { id: '52', key: 'long', featureEnabled: false, variables: [] },
        ],
        trafficAllocation: [
          { entityId: '51', endOfRange: 5000 },
          { entityId: '52', endOfRange: 10000 },
        ],
        forcedVariations: { listed: 'long' },
        audienceIds: ['42'],
        audienceConditions: ['or', '42'],
      },
      {
        id: '22',
        key: 'no_flag_test',
        status: 'Running',
        layerId: '32',
        variations: [{ id: '53', key: 'only', variables: [] }],
        trafficAllocation: [{ entityId: '53', endOfRange: 10000 }],
        forcedVariations: {},
        audienceIds: [],
      },
    ],
    featureFlags: [
      { id: '11', key: 'checkout', rolloutId: '81', experimentIds: ['21'], variables: VARIABLES },
      { id: '12', key: 'banner', rolloutId: '', experimentIds: [], variables: [] },
    ],
    rollouts: [
      {
        id: '81',
        experiments: [
          {
            id: '23',
            key: 'everyone',
            status: 'Running',
            layerId: '81',
            variations: [
              { id: '54', key: 'on', featureEnabled: true, variables: [{ id: '62', value: '{"dark":true}' }] },
            ],
            trafficAllocation: [{ entityId: '54', endOfRange: 10000 }],
            forcedVariations: {},
            audienceIds: [],
          },
        ],
      },
    ],
    ...changes,
  });
}
