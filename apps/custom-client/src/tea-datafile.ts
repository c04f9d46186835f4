/** The datafile of a tea shop: one flag with an A/B test for subscribers. A real one is served by a CDN. */

/** Returns the datafile; `oldShare` is the part of the traffic, 0 to 1, that gets the variation `old`. */
export function teaDatafile(oldShare: number): object {
  return {
    version: '4',
    revision: '1',
    accountId: '1',
    projectId: '2',
    featureFlags: [
      {
        id: '10',
        key: 'brewing_guide',
        experimentIds: ['20'],
        rolloutId: '',
        variables: [{ id: '11', key: 'steps', type: 'integer', defaultValue: '3' }],
      },
    ],
    experiments: [
      {
        id: '20',
        key: 'guide_test',
        status: 'Running',
        layerId: '30',
        audienceIds: ['40'],
        forcedVariations: {},
        variations: [
          { id: '21', key: 'old', featureEnabled: false, variables: [] },
          { id: '22', key: 'animated', featureEnabled: true, variables: [{ id: '11', value: '5' }] },
        ],
        trafficAllocation: [
          { entityId: '21', endOfRange: Math.round(oldShare * 10_000) },
          { entityId: '22', endOfRange: 10_000 },
        ],
      },
    ],
    typedAudiences: [
      {
        id: '40',
        name: 'Subscribers',
        conditions: ['or', { type: 'custom_attribute', name: 'subscriber', match: 'exact', value: true }],
      },
    ],
    audiences: [],
    groups: [],
    rollouts: [],
    events: [],
    attributes: [{ id: '50', key: 'subscriber' }],
  };
}
