import { OpenFeature, type Client as OpenFeatureClient, ProviderEvents } from '@openfeature/web-sdk';
import {
  type Client,
  createClient,
  createStaticConfig,
  type EventSink,
  type Odp,
  type UserProfileStore,
} from 'sortition';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebProvider, type ProviderOptions } from '../src/web.ts';
import { buildDatafile, CHANGED_GREETING } from './flags.ts';
import { createSwitchableConfig } from './switchable-config.ts';

type Recorded = Parameters<EventSink['record']>[0];

let recorded: Recorded[];
let client: Client;

beforeEach(() => {
  recorded = [];
});

afterEach(async () => {
  await OpenFeature.clearProviders();
  OpenFeature.clearHandlers();
  await OpenFeature.clearContexts();
  await client?.close();
});

interface Parts {
  readonly profiles?: UserProfileStore;
  readonly odp?: Odp;
}

async function start(options?: ProviderOptions, parts: Parts = {}): Promise<OpenFeatureClient> {
  client = createClient({
    config: createStaticConfig({ datafile: buildDatafile() }),
    events: { record: (event) => void recorded.push(event) },
    logger: false,
    ...parts,
  });
  await OpenFeature.setContext({ targetingKey: 'ada' });
  await OpenFeature.setProviderAndWait(createWebProvider(client, options));
  return OpenFeature.getClient();
}

describe('evaluation in a browser', () => {
  it('answers at once, for the context that was set', async () => {
    const flags = await start();
    expect(flags.getBooleanValue('switch', false)).toBe(true);
    expect(flags.getNumberValue('steps', 1)).toBe(10);
    expect(flags.getStringDetails('greeting', 'bye')).toMatchObject({ value: 'hi', variant: 'on', reason: 'STATIC' });
    expect(flags.getObjectValue('checkout', {})).toEqual({ steps: 3, label: 'Buy', express: true });
  });

  it('answers for a new context after it was set', async () => {
    const flags = await start();
    await OpenFeature.setContext({ targetingKey: 'ada', plan: 'member' });
    expect(flags.getStringValue('greeting', 'bye')).toBe('dear member');
    await OpenFeature.setContext({});
    expect(flags.getStringDetails('greeting', 'bye')).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' });
    await OpenFeature.setContext({ targetingKey: 'undefined' });
    expect(flags.getStringDetails('greeting', 'bye')).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' });
  });

  it('serves the context of each domain', async () => {
    const flags = await start();
    await OpenFeature.setProviderAndWait('shop', createWebProvider(client), { targetingKey: 'bob', plan: 'member' });
    expect(OpenFeature.getClient('shop').getStringValue('greeting', 'bye')).toBe('dear member');
    expect(flags.getStringValue('greeting', 'bye')).toBe('hi');
  });

  it('sends impressions and conversions', async () => {
    const flags = await start();
    flags.getBooleanValue('switch', false);
    flags.track('purchase', { value: 3 });
    expect(recorded).toMatchObject([
      { type: 'impression', flagKey: 'switch', userId: 'ada' },
      { type: 'conversion', eventKey: 'purchase', tags: { value: 3 } },
    ]);
  });
});

describe('a changed context in a browser', () => {
  it('is reconciled while the stored assignments are loaded, and never answered with those of the user before', async () => {
    const waiting: (() => void)[] = [];
    const profiles: UserProfileStore = {
      sync: false,
      lookup: (userId) =>
        new Promise((resolve) => {
          const variation = userId === 'ada' ? 'a' : 'b';
          const profile = { user_id: userId, experiment_bucket_map: { split: { variation_id: variation } } };
          if (userId === 'ada') resolve(profile);
          else waiting.push(() => resolve(profile));
        }),
      save: async () => undefined,
    };
    const flags = await start({}, { profiles });
    expect(flags.getStringValue('experiment.$variation', '')).toBe('a');
    const seen: string[] = [];
    OpenFeature.addHandler(ProviderEvents.Reconciling, () => void seen.push('reconciling'));
    OpenFeature.addHandler(ProviderEvents.ContextChanged, () => void seen.push('changed'));
    const change = OpenFeature.setContext({ targetingKey: 'grace' });
    await expect.poll(() => waiting.length).toBe(1);
    expect(seen).toEqual(['reconciling']);
    flags.getStringValue('experiment.$variation', '');
    expect(recorded.at(-1)?.userId).toBe('grace');
    waiting[0]?.();
    await change;
    expect(seen).toEqual(['reconciling', 'changed']);
    expect(flags.getStringValue('experiment.$variation', '')).toBe('b');
  });

  it('is taken at once when there is nothing to load', async () => {
    await start();
    const seen: string[] = [];
    OpenFeature.addHandler(ProviderEvents.Reconciling, () => void seen.push('reconciling'));
    await OpenFeature.setContext({ targetingKey: 'grace' });
    expect(seen).toEqual([]);
  });
});

describe('the life of a provider in a browser', () => {
  it('tells of a new config', async () => {
    const config = createSwitchableConfig(buildDatafile('1'));
    client = createClient({ config, events: null, logger: false });
    await OpenFeature.setContext({ targetingKey: 'ada' });
    await OpenFeature.setProviderAndWait(createWebProvider(client));
    const changed: unknown[] = [];
    OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, (details) => void changed.push(details?.flagsChanged));
    config.serve(buildDatafile('2', { greeting: 'hello' }));
    expect(changed).toEqual([CHANGED_GREETING]);
    expect(OpenFeature.getClient().getStringValue('greeting', 'bye')).toBe('hello');
  });

  it('tells the client of options that do not exist, with those that were probably meant', () => {
    client = createClient({ config: createStaticConfig({ datafile: buildDatafile() }), events: null, logger: false });
    const problems: unknown[] = [];
    client.on('problem', (problem) => problems.push(problem));
    createWebProvider(client, { stalesAfterMs: 5, strict: undefined } as never);
    createWebProvider(client, { stalesAfterMs: 6 } as never);
    expect(problems).toEqual([
      {
        code: 'unknown-option',
        part: 'client',
        message:
          'createWebProvider does not have the option "stalesAfterMs"; expected strict, impressions, ownsClient, staleAfterMs. Did you mean "staleAfterMs"?',
      },
    ]);
  });
});
