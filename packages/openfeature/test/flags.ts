/** A datafile with a flag for each way that a value can be asked for. */

type Variable = { key: string; type: string; value: string };

/** Names and types of the variables of each flag. */
const VARIABLES: Readonly<Record<string, readonly Variable[]>> = {
  switch: [],
  greeting: [{ key: 'text', type: 'string', value: 'hi' }],
  steps: [{ key: 'count', type: 'integer', value: '10' }],
  ratio: [{ key: 'share', type: 'double', value: '0.5' }],
  theme: [
    { key: 'colours', type: 'json', value: '{"showImages":true,"title":"Check these pics!","imagesPerPage":100}' },
  ],
  checkout: [
    { key: 'steps', type: 'integer', value: '3' },
    { key: 'label', type: 'string', value: 'Buy' },
    { key: 'express', type: 'boolean', value: 'true' },
  ],
  broken: [{ key: 'count', type: 'integer', value: 'many' }],
};

/** Builds the datafile. `greeting` says something else to members, `experiment` is split, `off` is off. */
export function buildDatafile(revision = '1', more: { greeting?: string } = {}): object {
  const flags = Object.entries(VARIABLES).map(([key, variables]) => ({
    id: `flag-${key}`,
    key,
    experimentIds: [],
    rolloutId: `rollout-${key}`,
    variables: variables.map(({ key: name, type, value }) => ({
      id: `${key}-${name}`,
      key: name,
      type,
      ...(type === 'json' && { type: 'string', subType: 'json' }),
      defaultValue: key === 'greeting' ? (more.greeting ?? value) : value,
    })),
  }));
  const everyone = (key: string, parts: object = {}) => ({
    id: `rule-${key}`,
    key: `rule-${key}`,
    status: 'Running',
    layerId: `rollout-${key}`,
    audienceIds: [],
    forcedVariations: {},
    variations: [{ id: `on-${key}`, key: 'on', featureEnabled: true, variables: [] }],
    trafficAllocation: [{ entityId: `on-${key}`, endOfRange: 10_000 }],
    ...parts,
  });
  const members = everyone('members', {
    audienceIds: ['members'],
    variations: [
      {
        id: 'on-members',
        key: 'members',
        featureEnabled: true,
        variables: [{ id: 'greeting-text', value: 'dear member' }],
      },
    ],
    trafficAllocation: [{ entityId: 'on-members', endOfRange: 10_000 }],
  });
  const off = everyone('off', { variations: [{ id: 'on-off', key: 'off', featureEnabled: false, variables: [] }] });
  const rollouts = Object.keys(VARIABLES).map((key) => ({
    id: `rollout-${key}`,
    experiments: key === 'greeting' ? [members, everyone(key)] : [everyone(key)],
  }));
  return {
    version: '4',
    revision,
    accountId: '1',
    projectId: '2',
    sdkKey: 'test-key',
    environmentKey: 'test',
    sendFlagDecisions: true,
    botFiltering: false,
    typedAudiences: [
      {
        id: 'members',
        name: 'Members',
        conditions: ['and', ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'member' }]],
      },
    ],
    audiences: [],
    attributes: [{ id: 'plan', key: 'plan' }],
    events: [{ id: 'purchase', key: 'purchase', experimentIds: ['split'] }],
    groups: [],
    experiments: [
      everyone('split', {
        id: 'split',
        key: 'split',
        layerId: 'split',
        forcedVariations: { listed: 'b' },
        variations: [
          { id: 'a', key: 'a', featureEnabled: true, variables: [] },
          { id: 'b', key: 'b', featureEnabled: true, variables: [] },
        ],
        trafficAllocation: [
          { entityId: 'a', endOfRange: 5_000 },
          { entityId: 'b', endOfRange: 10_000 },
        ],
      }),
    ],
    rollouts: [...rollouts, { id: 'rollout-off', experiments: [off] }],
    featureFlags: [
      ...flags,
      { id: 'flag-experiment', key: 'experiment', experimentIds: ['split'], rolloutId: '', variables: [] },
      { id: 'flag-off', key: 'off', experimentIds: [], rolloutId: 'rollout-off', variables: [] },
      { id: 'flag-idle', key: 'idle', experimentIds: [], rolloutId: '', variables: [] },
    ],
  };
}

/** What a configuration change names when the flag "greeting" may have changed, which has one variable. */
export const CHANGED_GREETING = [
  'greeting',
  'greeting.$enabled',
  'greeting.$variation',
  'greeting.$variables',
  'greeting.text',
];
