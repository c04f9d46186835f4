/** The four datafiles that are broken on purpose: of the tour, of the vectors, of the soak, and one with every section. */
import { readFileSync } from 'node:fs';
import { buildLargeDatafile } from '../../soak/large-datafile.js';

const read = (path: string): object =>
  JSON.parse(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8'));

const rule = (id: string, parts: object = {}): object => ({
  id,
  key: `rule_${id}`,
  status: 'Running',
  layerId: `layer_${id}`,
  audienceIds: ['everyone'],
  forcedVariations: { ada: `${id}_on` },
  variations: [
    { id: `${id}_on`, key: `${id}_on`, featureEnabled: true, variables: [{ id: 'v1', value: '{"a":1}' }] },
    { id: `${id}_off`, key: `${id}_off`, featureEnabled: false },
  ],
  trafficAllocation: [
    { entityId: `${id}_on`, endOfRange: 5_000 },
    { entityId: `${id}_off`, endOfRange: 10_000 },
  ],
  ...parts,
});

/** Bandits, holdouts, groups, feature rollouts, segments: what the others do not have. */
const EVERYTHING = {
  version: '4',
  revision: '12',
  accountId: '1',
  projectId: '2',
  anonymizeIP: true,
  botFiltering: false,
  sendFlagDecisions: true,
  region: 'EU',
  environmentKey: 'production',
  sdkKey: 'key',
  featureFlags: [
    {
      id: 'f1',
      key: 'flag',
      experimentIds: ['e1', 'b1', 'g1'],
      rolloutId: 'r1',
      variables: [{ id: 'v1', key: 'json', type: 'string', subType: 'json', defaultValue: '{}' }],
    },
  ],
  experiments: [
    rule('e1', { audienceConditions: ['and', 'everyone', ['not', 'segment']] }),
    rule('b1', { cmab: { attributeIds: ['a1'], trafficAllocation: 4_000 }, trafficAllocation: [] }),
    rule('fr', { type: 'fr' }),
  ],
  groups: [
    {
      id: 'g',
      policy: 'random',
      trafficAllocation: [{ entityId: 'g1', endOfRange: 10_000 }],
      experiments: [rule('g1')],
    },
  ],
  rollouts: [{ id: 'r1', experiments: [rule('d1'), rule('d2', { audienceIds: [] })] }],
  holdouts: [rule('h1', { includedFlags: [], excludedFlags: [] }), rule('h2', { includedRules: ['e1'] })],
  audiences: [
    { id: 'legacy', name: 'legacy', conditions: '["or",{"type":"custom_attribute","name":"plan","value":"pro"}]' },
  ],
  typedAudiences: [
    {
      id: 'everyone',
      name: 'everyone',
      conditions: [
        'or',
        { type: 'custom_attribute', name: 'plan', match: 'exists' },
        { type: 'custom_attribute', name: 'version', match: 'semver_ge', value: '1.2.0-beta' },
        { type: 'custom_attribute', name: 'age', match: 'lt', value: 7 },
        { type: 'custom_attribute', name: 'plan', match: 'substring', value: 'r' },
      ],
    },
    {
      id: 'segment',
      name: 'segment',
      conditions: ['and', { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'vip' }],
    },
  ],
  attributes: [{ id: 'a1', key: 'plan' }],
  events: [{ id: 'ev', key: 'purchase', experimentIds: ['e1'] }],
  integrations: [
    { key: 'odp', host: 'https://api.zaius.com', publicKey: 'public', pixelUrl: 'https://jumbe.zaius.com' },
  ],
};

/** Name to datafile. */
export const SEED_DATAFILES: Readonly<Record<string, object>> = {
  everything: EVERYTHING,
  large: buildLargeDatafile(3),
  tour: read('packages/emulator/src/shop-datafile.json'),
  vectors: read('packages/core/vectors/datafiles/library.json'),
};
