/** The whole client beside the official one, on one project: the same calls, the same answers, the same notifications. */
import * as official from '@optimizely/optimizely-sdk';
import { describe, expect, it } from 'vitest';
import * as ours from '../src/node.ts';
import { shopDatafile } from './shop-datafile.ts';

type Sdk = typeof official;
type Client = official.Client;

interface Watched {
  readonly client: Client;
  readonly notes: unknown[];
  readonly saved: unknown[];
}

function watch(sdk: Sdk, config: object = {}, datafile = shopDatafile()): Watched {
  const notes: unknown[] = [];
  const saved: unknown[] = [];
  const client = sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile }),
    eventProcessor: sdk.createForwardingEventProcessor({ dispatchEvent: async () => ({ statusCode: 200 }) }),
    userProfileService: { lookup: () => null as never, save: (profile) => saved.push(profile) },
    ...config,
  });
  for (const type of Object.values(sdk.NOTIFICATION_TYPES)) {
    client.notificationCenter.addNotificationListener(type, (payload: unknown) => notes.push([type, plain(payload)]));
  }
  return { client, notes, saved };
}

/** Without what is different at every call, and with contexts as plain data. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (key, field) => {
    if (key === 'uuid' || key === 'timestamp' || key === 'client_version') return 'any';
    if (key !== 'userContext') return field;
    const user = field as official.OptimizelyUserContext;
    return { id: user.getUserId(), attributes: user.getAttributes(), segments: user.qualifiedSegments };
  });
  return text === undefined ? undefined : JSON.parse(text);
}

const CALLS: readonly (readonly [string, (client: Client) => unknown])[] = [
  [
    'decide',
    (client) => client.createUserContext('ada', { plan: 'pro' }).decide('checkout', ['INCLUDE_REASONS' as never]),
  ],
  [
    'decide of a listed user',
    (client) => client.createUserContext('listed', {}).decide('checkout', ['INCLUDE_REASONS' as never]),
  ],
  ['decide of an unknown flag', (client) => client.createUserContext('ada').decide('nope')],
  [
    'decide with a bucketing id',
    (client) =>
      client
        .createUserContext('ada', { plan: 'pro', $opt_bucketing_id: 'b' })
        .decide('checkout', ['INCLUDE_REASONS' as never]),
  ],
  [
    'decide with an assignment in the attributes',
    (client) =>
      client
        .createUserContext('ada', { plan: 'pro', $opt_experiment_bucket_map: { '21': { variation_id: '52' } } })
        .decide('checkout', ['INCLUDE_REASONS' as never]),
  ],
  ['decide with odd options', (client) => client.createUserContext('ada').decide('checkout', ['nope', 5] as never)],
  ['decideForKeys', (client) => client.createUserContext('ada').decideForKeys(['banner', 'nope', 'checkout'])],
  ['decideForKeys of nothing', (client) => client.createUserContext('ada').decideForKeys([])],
  [
    'decideForKeys of one key twice',
    (client) =>
      client
        .createUserContext('ada', { plan: 'pro' })
        .decideForKeys(['checkout', 'checkout'], ['INCLUDE_REASONS' as never]),
  ],
  ['decideAll', (client) => client.createUserContext('ada', { plan: 'pro' }).decideAll(['EXCLUDE_VARIABLES' as never])],
  [
    'decideAll of enabled flags',
    (client) => client.createUserContext('ada').decideAll(['ENABLED_FLAGS_ONLY' as never]),
  ],
  ['decideAsync', (client) => client.createUserContext('ada', { plan: 'pro' }).decideAsync('checkout')],
  ['decideForKeysAsync', (client) => client.createUserContext('ada').decideForKeysAsync(['checkout', 'nope'])],
  ['decideAllAsync', (client) => client.createUserContext('ada').decideAllAsync()],
  ['activate', (client) => client.activate('checkout_test', 'ada', { plan: 'pro' })],
  ['activate without attributes', (client) => client.activate('no_flag_test', 'ada')],
  ['activate with an empty text for attributes', (client) => client.activate('no_flag_test', 'ada', '' as never)],
  ['activate of a delivery', (client) => client.activate('everyone', 'ada')],
  ['activate outside the audience', (client) => client.activate('checkout_test', 'ada')],
  ['getVariation', (client) => client.getVariation('no_flag_test', 'ada')],
  ['getVariation of nothing', (client) => client.getVariation('', 'ada')],
  ['isFeatureEnabled', (client) => client.isFeatureEnabled('checkout', 'ada', { plan: 'pro' })],
  ['isFeatureEnabled without rules', (client) => client.isFeatureEnabled('banner', 'ada')],
  ['isFeatureEnabled of nothing', (client) => client.isFeatureEnabled('nope', 'ada')],
  ['isFeatureEnabled of an odd user', (client) => client.isFeatureEnabled('checkout', 5 as never)],
  ['getEnabledFeatures', (client) => client.getEnabledFeatures('ada', { plan: 'x' })],
  ['getFeatureVariable', (client) => client.getFeatureVariable('checkout', 'theme', 'ada')],
  [
    'getFeatureVariableInteger',
    (client) => client.getFeatureVariableInteger('checkout', 'steps', 'ada', { plan: 'pro' }),
  ],
  ['getFeatureVariableString of an integer', (client) => client.getFeatureVariableString('checkout', 'steps', 'ada')],
  ['getFeatureVariableBoolean of JSON', (client) => client.getFeatureVariableBoolean('checkout', 'theme', 'ada')],
  ['getFeatureVariableDouble of nothing', (client) => client.getFeatureVariableDouble('checkout', 'nope', 'ada')],
  ['getFeatureVariableJSON', (client) => client.getFeatureVariableJSON('checkout', 'theme', 'ada')],
  ['getAllFeatureVariables', (client) => client.getAllFeatureVariables('checkout', 'ada')],
  ['getAllFeatureVariables of nothing', (client) => client.getAllFeatureVariables('nope', 'ada')],
  [
    'track',
    (client) => client.track('order', 'ada', { plan: 'pro', other: 1 }, { revenue: 12.9, value: '3.5x', note: 'n' }),
  ],
  ['track without tags', (client) => client.track('order', 'ada')],
  ['track of an unknown event', (client) => client.track('nope', 'ada')],
  ['track with odd tags', (client) => client.track('order', 'ada', {}, [1] as never)],
  ['track with an undefined attribute', (client) => client.track('order', 'ada', { plan: undefined })],
  ['trackEvent', (client) => client.createUserContext('ada', { plan: 'pro' }).trackEvent('order', { value: 1 })],
  [
    'forced variations',
    (client) => [
      client.setForcedVariation('checkout_test', 'f', 'long'),
      client.getForcedVariation('checkout_test', 'f'),
      client.getVariation('checkout_test', 'f'),
      client.isFeatureEnabled('checkout', 'f'),
      client.createUserContext('f').decide('checkout', ['INCLUDE_REASONS' as never]),
      client.setForcedVariation('checkout_test', 'f', 'nope'),
      client.setForcedVariation('nope', 'f', 'long'),
      client.setForcedVariation('checkout_test', 'f', ''),
      client.setForcedVariation('checkout_test', 'nobody', null),
      client.setForcedVariation('checkout_test', '', 'long'),
      client.setForcedVariation('checkout_test', '', null),
      client.getForcedVariation('checkout_test', ''),
      client.setForcedVariation('checkout_test', 'f', null),
      client.setForcedVariation('checkout_test', 'f', null),
      client.getForcedVariation('checkout_test', 'f'),
      client.setForcedVariation('everyone', 'f', 'on'),
      client.getForcedVariation('everyone', 'f'),
    ],
  ],
  [
    'forced decisions',
    (client) => {
      const user = client.createUserContext('ada');
      const rule = { flagKey: 'checkout', ruleKey: 'checkout_test' };
      return [
        user.setForcedDecision({ flagKey: 'checkout' }, { variationKey: 'long' }),
        user.setForcedDecision(rule, { variationKey: 'nope' }),
        user.getForcedDecision({ flagKey: 'checkout' }),
        user.getForcedDecision(rule),
        user.getForcedDecision({ flagKey: 'banner' }),
        user.decide('checkout', ['INCLUDE_REASONS' as never]),
        user.removeForcedDecision({ flagKey: 'checkout' }),
        user.removeForcedDecision({ flagKey: 'checkout' }),
        user.decide('checkout', ['INCLUDE_REASONS' as never]),
        user.removeAllForcedDecisions(),
        user.removeAllForcedDecisions(),
      ];
    },
  ],
  [
    'the user of a context',
    (client) => {
      const attributes = { plan: 'pro' };
      const user = client.createUserContext('ada', attributes);
      user.setAttribute('plan', 'free');
      user.setAttribute('odd', { a: 1 });
      user.qualifiedSegments = ['a'];
      return [
        attributes,
        user.getAttributes(),
        user.getUserId(),
        user.isQualifiedFor('a'),
        user.isQualifiedFor('b'),
        user.decide('banner'),
      ];
    },
  ],
  [
    'listeners',
    ({ notificationCenter: center }) => [
      center.addNotificationListener('nope' as never, () => undefined),
      center.addNotificationListener('TRACK', () => undefined),
      center.removeNotificationListener(6),
      center.removeNotificationListener(6),
      center.removeNotificationListener(99),
      center.clearNotificationListeners('TRACK'),
    ],
  ],
  [
    'the customer-data platform without its manager',
    (client) => [client.isOdpIntegrated(), client.getVuid(), client.sendOdpEvent('a')],
  ],
  ['segments without an ODP manager', (client) => client.createUserContext('ada').fetchQualifiedSegments()],
  [
    'getOptimizelyConfig',
    (client) => {
      const config = client.getOptimizelyConfig();
      const { datafile: _, ...rest } = plain(config) as Record<string, unknown>;
      return [rest, config?.getDatafile(), config === client.getOptimizelyConfig()];
    },
  ],
  ['onReady', (client) => client.onReady()],
  ['close', async (client) => [await client.close(), client.createUserContext('ada').decide('checkout').variationKey]],
];

describe('the client', () => {
  it.each(CALLS)(
    'answers %s as the official one does, tells listeners the same, and saves the same profile',
    async (_, call) => {
      const theirs = watch(official);
      const expected = [plain(await call(theirs.client)), theirs.notes, theirs.saved];
      const mine = watch(ours as unknown as Sdk);
      expect([plain(await call(mine.client)), mine.notes, mine.saved]).toEqual(expected);
    },
  );

  it.each([
    ['a user id that is a number', (client: Client) => client.createUserContext(5 as never)],
    ['the user id "undefined"', (client: Client) => client.createUserContext('undefined')],
    ['no user id', (client: Client) => client.createUserContext()],
    ['attributes in a list', (client: Client) => client.createUserContext('ada', [1] as never)],
    ['an undefined attribute', (client: Client) => client.createUserContext('ada', { a: undefined })],
  ])('refuses %s with the same error', (_, call) => {
    const messages = [official, ours as unknown as Sdk].map((sdk) => {
      try {
        call(watch(sdk).client);
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing thrown';
    });
    expect(messages[1]).toBe(messages[0]);
    expect(messages[0]).toMatch(/^Invalid /);
  });

  it.each([
    ['a datafile that is not JSON', '{'],
    ['a datafile of another version', shopDatafile({ version: '9' })],
  ])('fails onReady for %s, and answers the same until then', async (_, datafile) => {
    const [theirs, mine] = await Promise.all(
      [official, ours as unknown as Sdk].map(async (sdk) => {
        const { client } = watch(sdk, {}, datafile);
        const ready = await client.onReady().catch((error: Error) => error.message);
        const user = client.createUserContext('ada');
        return plain([
          ready,
          user.decide('checkout'),
          user.decideForKeys(['checkout']),
          user.decideAll(),
          client.isFeatureEnabled('checkout', 'ada'),
          client.getOptimizelyConfig(),
          client.isOdpIntegrated(),
          client.activate('checkout_test', 'ada'),
        ]);
      }),
    );
    expect(mine).toEqual(theirs);
  });

  it('refuses to be created without a config manager', () => {
    expect(() => ours.createInstance({} as never)).toThrow('Invalid config manager');
  });
});

it('forces a variation for every experiment that has the key and the variation, as the official SDK does', () => {
  const experiment = (id: string, variations: readonly string[]) => ({
    id,
    key: 'same_key',
    status: 'Running',
    layerId: '1',
    audienceIds: [],
    forcedVariations: {},
    variations: variations.map((key) => ({ id: `${id}-${key}`, key, featureEnabled: true, variables: [] })),
    trafficAllocation: [{ entityId: `${id}-${variations[0]}`, endOfRange: 10_000 }],
  });
  const flag = (key: string, experimentIds: readonly string[]) => ({
    id: key,
    key,
    rolloutId: '',
    variables: [],
    experimentIds,
  });
  const datafile = shopDatafile({
    experiments: [experiment('1', ['off', 'on']), experiment('2', ['off', 'on']), experiment('3', ['other', 'on'])],
    featureFlags: [flag('a', ['1']), flag('b', ['2']), flag('c', ['3'])],
  });
  const [expected, actual] = [official, ours as unknown as Sdk].map((sdk) => {
    const { client, notes } = watch(sdk, {}, datafile);
    client.setForcedVariation('same_key', 'ada', 'on');
    const forced = client.createUserContext('ada').decideAll(['INCLUDE_REASONS' as never]);
    client.setForcedVariation('same_key', 'ada', null);
    return plain([forced, client.createUserContext('ada').decideAll(), notes]);
  });
  expect(actual).toEqual(expected);
  const [forced, free] = expected as readonly object[];
  expect(forced).toMatchObject({ a: { variationKey: 'on' }, b: { variationKey: 'on' } });
  expect(free).toMatchObject({ a: { variationKey: 'off' } });
});

it('serves its variables and no others where a library has written to the prototype of objects', () => {
  const decide = () =>
    watch(ours as unknown as Sdk)
      .client.createUserContext('ada')
      .decide('checkout').variables;
  const before = Object.keys(decide());
  // As the official SDK itself does when a decision is forced for the flag "__proto__".
  Object.assign(Object.prototype, { written: { by: 'a library' } });
  try {
    expect(Object.keys(decide())).toEqual(before);
  } finally {
    Reflect.deleteProperty(Object.prototype, 'written');
  }
});

it('shows a project whose audiences cannot be read, where the official SDK shows none', () => {
  const audiences = [{ id: '49', name: 'broken', conditions: 'text' }];
  const { client } = watch(ours as unknown as Sdk, {}, shopDatafile({ audiences }));
  expect(client.getOptimizelyConfig()?.audiences).toContainEqual({ id: '49', name: 'broken', conditions: 'text' });
});

describe('the names', () => {
  it('are those of the official SDK, and those of shadow mode', () => {
    const shadow = ['createShadow', 'formatShadowReport', 'readShadowReport'];
    expect(Object.keys(ours).sort()).toEqual([...Object.keys(official), ...shadow].sort());
  });

  it.each(Object.entries(official).filter(([, value]) => typeof value !== 'function' && typeof value === 'object'))(
    'hold the same values: %s',
    (name, value) => {
      // Opaque parts and the dispatcher have an inside of their own.
      if (/^(DEBUG|INFO|WARN|ERROR|eventDispatcher)$/.test(name)) return;
      expect({ ...ours }).toHaveProperty(name, value);
    },
  );
});
