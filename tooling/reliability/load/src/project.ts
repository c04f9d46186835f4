/** The project of the application under load: one flag with an experiment that everybody is in. */

/** Decided for each user, which records one impression. */
export const FLAG_KEY = 'checkout';

/** Where the datafile says that ODP is; nothing is there in fast motion. */
const ODP_HOST = 'https://odp.zaius.com';

/** How often a datafile is asked for that is polled. */
export const POLL_INTERVAL_MS = 60_000;

/** The datafile, with ODP at an origin. */
export function createDatafile(odpHost: string = ODP_HOST, revision = '1'): object {
  const variations = ['a', 'b'].map((key) => ({ id: `21${key}`, key, featureEnabled: true, variables: [] }));
  return {
    version: '4',
    revision,
    accountId: '10',
    projectId: '20',
    anonymizeIP: true,
    sendFlagDecisions: true,
    featureFlags: [{ id: '1', key: FLAG_KEY, experimentIds: ['2'], rolloutId: '', variables: [] }],
    experiments: [
      {
        id: '2',
        key: 'one_page',
        status: 'Running',
        layerId: '3',
        audienceIds: [],
        audienceConditions: [],
        forcedVariations: {},
        variations,
        trafficAllocation: [
          { entityId: '21a', endOfRange: 5_000 },
          { entityId: '21b', endOfRange: 10_000 },
        ],
      },
    ],
    groups: [],
    rollouts: [],
    audiences: [],
    typedAudiences: [],
    attributes: [],
    events: [{ id: '4', key: 'purchase', experimentIds: ['2'] }],
    integrations: [{ key: 'odp', host: odpHost, publicKey: 'key', pixelUrl: '' }],
  };
}

/** The datafile with an audience that needs segments, without which they are not asked for. */
export function createDatafileWithSegments(): object {
  const conditions = ['or', { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'vip' }];
  return { ...createDatafile(), typedAudiences: [{ id: '9', name: 'vip', conditions }] };
}
