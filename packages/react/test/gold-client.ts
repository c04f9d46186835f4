/** A client that serves one checkout to gold users, by attribute or segment, and another to everyone else. */
import { type Client, createClient, createStaticConfig } from 'sortition';

const rule = (id: string, variationKey: string, audienceIds: string[]): object => ({
  id,
  key: id,
  status: 'Running',
  layerId: `layer of ${id}`,
  variations: [{ id: `${id} ${variationKey}`, key: variationKey, featureEnabled: true }],
  trafficAllocation: [{ entityId: `${id} ${variationKey}`, endOfRange: 10_000 }],
  audienceIds,
  forcedVariations: {},
});

const flag = (key: string, experimentIds: string[], rolloutId: string): object => ({
  id: key,
  key,
  experimentIds,
  rolloutId,
  variables: [],
});

/** The datafile of `createGoldClient`. */
export const GOLD_DATAFILE: object = {
  version: '4',
  revision: '1',
  accountId: 'account',
  projectId: 'project',
  sendFlagDecisions: true,
  featureFlags: [flag('checkout', ['gold'], 'others'), flag('banner', ['banner'], '')],
  experiments: [rule('gold', 'one_page', ['a']), rule('banner', 'on', [])],
  rollouts: [{ id: 'others', experiments: [rule('everyone', 'classic', [])] }],
  typedAudiences: [
    {
      id: 'a',
      name: 'Gold',
      conditions: [
        'or',
        { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'gold' },
        { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'gold' },
      ],
    },
  ],
  attributes: [{ id: 'plan', key: 'plan' }],
  events: [{ id: 'purchase', key: 'purchase', experimentIds: [] }],
};

/** See the file. */
export function createGoldClient(): Client {
  return createClient({ config: createStaticConfig({ datafile: GOLD_DATAFILE }), events: null, logger: false });
}
