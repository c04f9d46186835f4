/** The entry with the names of version 5 beside the official SDK 5.4.1. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import * as oursBrowser from '../src/v5/browser.ts';
import * as ours from '../src/v5/node.ts';
import * as oursNative from '../src/v5/react-native.ts';
import { shopDatafile } from './shop-datafile.ts';

const require = createRequire(import.meta.url);
const official = require('optimizely-sdk-5') as Sdk;
const officialBrowser = require('optimizely-sdk-5/browser') as Sdk;

type Sdk = Omit<typeof ours, 'default'>;
type Client = NonNullable<ReturnType<Sdk['createInstance']>>;

const quiet = { log: () => undefined };

interface Watched {
  readonly client: Client;
  readonly notes: unknown[];
  readonly saved: unknown[];
  readonly sent: unknown[];
}

async function watch(sdk: Sdk, config: object = {}): Promise<Watched> {
  const [notes, saved, sent]: unknown[][] = [[], [], []];
  const client = sdk.createInstance({
    datafile: shopDatafile(),
    eventBatchSize: 1,
    eventDispatcher: {
      dispatchEvent(event: unknown, callback) {
        sent?.push(plain(event));
        callback({ statusCode: 200 });
      },
    },
    userProfileService: { lookup: () => null as never, save: (profile) => void saved?.push(profile) },
    odpOptions: { disabled: true },
    logger: quiet,
    ...config,
  }) as Client;
  for (const type of Object.values(sdk.enums.NOTIFICATION_TYPES)) {
    // Requests are handed over a moment later here, so that their order among other notifications differs.
    if (type === sdk.enums.NOTIFICATION_TYPES.LOG_EVENT) continue;
    client.notificationCenter.addNotificationListener(type, (payload: unknown) => notes?.push([type, plain(payload)]));
  }
  await client.onReady();
  return { client, notes: notes as unknown[], saved: saved as unknown[], sent: sent as unknown[] };
}

function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (key, field) => {
    if (key === 'uuid' || key === 'timestamp') return 'any';
    if (key !== 'userContext') return field;
    return { id: field.getUserId(), attributes: field.getAttributes(), segments: field.qualifiedSegments };
  });
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * What version 6 says and sends in another way, and this entry with it: reasons without the name of a module, and the ids of
 * impressions that no rule decided.
 */
function normalise(seen: unknown): unknown {
  return JSON.parse(JSON.stringify(seen), (key, value) => {
    if (key === 'reasons') return value.map((text: string) => text.replace(/^[A-Z_]+: /, ''));
    return (key === 'experiment_id' || key === 'variation_id') && value === '' ? null : value;
  });
}

const INCLUDE_REASONS = ['INCLUDE_REASONS' as never];

const CALLS: readonly (readonly [string, (client: Client) => unknown])[] = [
  ['decide', (client) => client.createUserContext('ada', { plan: 'pro' })?.decide('checkout', INCLUDE_REASONS)],
  ['decide of an unknown flag', (client) => client.createUserContext('ada')?.decide('nope')],
  ['decideForKeys', (client) => client.createUserContext('ada')?.decideForKeys(['checkout', 'nope'])],
  ['decideAll', (client) => client.createUserContext('ada')?.decideAll()],
  ['createUserContext of a number', (client) => client.createUserContext(5 as never)],
  ['createUserContext with an undefined attribute', (client) => client.createUserContext('ada', { a: undefined })],
  ['activate', (client) => client.activate('checkout_test', 'ada', { plan: 'pro' })],
  ['getVariation', (client) => client.getVariation('no_flag_test', 'ada')],
  ['isFeatureEnabled', (client) => client.isFeatureEnabled('checkout', 'ada')],
  ['getEnabledFeatures', (client) => client.getEnabledFeatures('ada')],
  ['getFeatureVariable', (client) => client.getFeatureVariable('checkout', 'theme', 'ada')],
  ['getAllFeatureVariables', (client) => client.getAllFeatureVariables('checkout', 'ada')],
  ['track', (client) => client.track('order', 'ada', { plan: 'pro' }, { revenue: 5 })],
  ['trackEvent', (client) => client.createUserContext('ada')?.trackEvent('order')],
  [
    'forced variations',
    (client) => [
      client.setForcedVariation('checkout_test', 'f', 'long'),
      client.getForcedVariation('checkout_test', 'f'),
      client.getVariation('checkout_test', 'f'),
      client.setForcedVariation('checkout_test', 'f', null),
    ],
  ],
  [
    'getOptimizelyConfig',
    (client) => {
      const { datafile: _, ...rest } = plain(client.getOptimizelyConfig()) as Record<string, unknown>;
      return [rest, client.getOptimizelyConfig()?.getDatafile()];
    },
  ],
  [
    'listeners',
    ({ notificationCenter: center }) => {
      const listener = () => undefined;
      const type = official.enums.NOTIFICATION_TYPES.TRACK;
      return [
        center.addNotificationListener('nope', listener),
        center.addNotificationListener(type, listener),
        center.addNotificationListener(type, listener),
        center.removeNotificationListener(1),
        center.removeNotificationListener(1),
        center.removeNotificationListener(99),
      ];
    },
  ],
  ['onReady', (client) => client.onReady()],
  ['close', (client) => client.close()],
];

describe('version 5', () => {
  it.each(CALLS)(
    'answers %s as the official SDK 5.4.1, tells listeners the same, and sends the same',
    async (_, call) => {
      const [theirs, mine] = await Promise.all(
        [official, ours as Sdk].map(async (sdk) => {
          const watched = await watch(sdk);
          const answer = plain(await call(watched.client));
          await watched.client.close();
          return { answer, notes: watched.notes, saved: watched.saved, sent: watched.sent };
        }),
      );
      expect(normalise(mine)).toEqual(normalise(theirs));
    },
  );

  it('takes a datafile that is an object', async () => {
    const { client } = await watch(ours as Sdk, { datafile: JSON.parse(shopDatafile()) });
    expect(client.createUserContext('ada')?.decide('checkout').variationKey).toBe('on');
  });

  it('answers what went wrong instead of rejecting, at once where the official SDK waits for half a minute', async () => {
    const client = ours.createInstance({ datafile: '{', logger: quiet }) as Client;
    expect(await client.onReady()).toEqual({ success: false, reason: 'got invalid datafile' });
    const none = ours.createInstance({ logger: quiet }) as Client;
    expect(await none.onReady()).toMatchObject({ success: false });
    const late = ours.createInstance({
      sdkKey: 'shop',
      logger: quiet,
      datafileOptions: { urlTemplate: 'http://127.0.0.1:9/%s' },
    }) as Client;
    expect(await late.onReady({ timeout: 20 })).toEqual({
      success: false,
      reason: 'onReady timeout expired after 20 ms',
    });
    const ready = late.onReady();
    await late.close();
    expect(await ready).toEqual({ success: false, reason: 'Instance closed' });
  });

  it.each([
    ['Node', ours, official],
    ['browsers', oursBrowser, officialBrowser],
  ])('has the names of the build for %s, as exports and in the default export', (_, mine, theirs) => {
    expect(Object.keys(mine).sort()).toEqual(Object.keys(theirs).sort());
    const { default: names } = mine;
    const { default: official } = theirs as typeof mine;
    // The segment options are no member of the official one; they are not in the way there either.
    expect(
      Object.keys(names)
        .filter((name) => name !== 'OptimizelySegmentOption')
        .sort(),
    ).toEqual(
      Object.keys(official)
        .filter((name) => name !== 'OptimizelySegmentOption')
        .sort(),
    );
  });

  it('has the same enums, but for texts and for what calls of version 6 added', () => {
    const { ERROR_MESSAGES: _, LOG_MESSAGES: __, ...enums } = official.enums;
    expect({ ...ours.enums }).toEqual({ ...enums });
    expect(ours.LogLevel).toEqual(official.LogLevel);
    expect(ours.LOG_LEVEL).toEqual(official.LOG_LEVEL);
    expect(ours.OptimizelySegmentOption).toEqual(official.OptimizelySegmentOption);
    expect(ours.OptimizelyDecideOption).toMatchObject(official.OptimizelyDecideOption);
    expect(oursNative.enums).toBe(ours.enums);
  });

  it('logs to the handler of the process, from its level on', async () => {
    const lines: unknown[] = [];
    ours.setLogger({ log: (level, message) => lines.push([level, message]) });
    ours.setLogLevel('warn');
    ours.getLogger('shop').info('not %s', 'written');
    ours.getLogger('shop').error('%s of %s', 1, 2);
    ours.setLogLevel(ours.LOG_LEVEL.NOTSET);
    const client = ours.createInstance({ datafile: shopDatafile(), odpOptions: { disabled: true } }) as Client;
    client.isFeatureEnabled('nope', 'ada');
    ours.setLogger(null);
    client.isFeatureEnabled('nope', 'ada');
    await client.close();
    expect(lines).toEqual([
      [4, 'shop: 1 of 2'],
      [4, 'Optimizely: Feature key nope is not in datafile.'],
    ]);
  });

  it('sends what is left with the closing dispatcher', async () => {
    const sent: string[] = [];
    const by = (name: string) => ({
      dispatchEvent(_event: never, callback: (response: { statusCode: number }) => void) {
        sent.push(name);
        callback({ statusCode: 204 });
      },
    });
    const { client } = await watch(ours as Sdk, {
      eventBatchSize: 10,
      eventDispatcher: by('usual'),
      closingEventDispatcher: by('closing'),
    });
    client.track('order', 'ada');
    await client.close();
    expect(sent).toEqual(['closing']);
  });
});
