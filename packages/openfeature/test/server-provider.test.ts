import { OpenFeature, type Client as OpenFeatureClient, ProviderEvents } from '@openfeature/server-sdk';
import { type Client, createClient, createStaticConfig, type EventSink } from 'sortition';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createServerProvider, type ProviderOptions, type ServerProvider } from '../src/server.ts';
import { buildDatafile, CHANGED_GREETING } from './flags.ts';
import { createSwitchableConfig } from './switchable-config.ts';

type Recorded = Parameters<EventSink['record']>[0];

const ada = { targetingKey: 'ada' };
const member = { targetingKey: 'ada', plan: 'member' };

let recorded: Recorded[];
let client: Client;
let provider: ServerProvider;

beforeEach(() => {
  recorded = [];
});

afterEach(async () => {
  await OpenFeature.clearProviders();
  OpenFeature.clearHooks();
  OpenFeature.clearHandlers();
  OpenFeature.setContext({});
  await client?.close();
});

async function start(options?: ProviderOptions): Promise<OpenFeatureClient> {
  client = createClient({
    config: createStaticConfig({ datafile: buildDatafile() }),
    events: { record: (event) => void recorded.push(event) },
    logger: false,
  });
  provider = createServerProvider(client, options);
  await OpenFeature.setProviderAndWait(provider);
  return OpenFeature.getClient();
}

describe('evaluation on a server', () => {
  it('resolves a boolean, a string, an integer, a double and an object', async () => {
    const flags = await start();
    expect(await flags.getBooleanValue('switch', false, ada)).toBe(true);
    expect(await flags.getStringValue('greeting', 'bye', ada)).toBe('hi');
    expect(await flags.getNumberValue('steps', 1, ada)).toBe(10);
    expect(await flags.getNumberValue('ratio', 0.1, ada)).toBe(0.5);
    expect(await flags.getObjectValue('theme', {}, ada)).toEqual({
      showImages: true,
      title: 'Check these pics!',
      imagesPerPage: 100,
    });
  });

  it('tells variant, reason and metadata', async () => {
    const flags = await start();
    expect(await flags.getStringDetails('greeting', 'bye', ada)).toMatchObject({
      flagKey: 'greeting',
      value: 'hi',
      variant: 'on',
      reason: 'STATIC',
      flagMetadata: {
        enabled: true,
        ruleKey: 'rule-greeting',
        ruleType: 'rollout',
        revision: '1',
        variationId: 'on-greeting',
      },
    });
  });

  it.each([
    ['an audience that admitted', 'greeting', member, 'TARGETING_MATCH'],
    ['everyone', 'greeting', ada, 'STATIC'],
    ['a bucket', 'experiment', ada, 'SPLIT'],
    ['an allow-list', 'experiment', { targetingKey: 'listed' }, 'STATIC'],
    ['a flag that is off', 'off', ada, 'DISABLED'],
    ['no rule', 'idle', ada, 'DEFAULT'],
  ])('gives %s its reason', async (_what, flagKey, context, reason) => {
    const flags = await start();
    const details =
      flagKey === 'greeting'
        ? await flags.getStringDetails(flagKey, 'bye', context)
        : await flags.getBooleanDetails(flagKey, false, context);
    expect(details.reason).toBe(reason);
    expect(details.errorCode).toBeUndefined();
  });

  it('resolves by context', async () => {
    const flags = await start();
    expect(await flags.getStringValue('greeting', 'bye', member)).toBe('dear member');
  });

  it('merges contexts of the API, the client and the call', async () => {
    const flags = await start();
    OpenFeature.setContext({ plan: 'member', targetingKey: 'global' });
    expect(await flags.getStringValue('greeting', 'bye')).toBe('dear member');
    flags.setContext({ plan: 'free' });
    expect(await flags.getStringValue('greeting', 'bye')).toBe('hi');
    expect(await flags.getStringValue('greeting', 'bye', { plan: 'member' })).toBe('dear member');
  });

  it.each([
    ['a missing flag', 'missing', ada, 'FLAG_NOT_FOUND'],
    ['a variable the flag does not have', 'greeting.missing', ada, 'FLAG_NOT_FOUND'],
    ['a value of another type', 'switch', ada, 'TYPE_MISMATCH'],
    ['a text that does not fit its type', 'broken', ada, 'PARSE_ERROR'],
    ['a context without a targeting key', 'greeting', {}, 'TARGETING_KEY_MISSING'],
    ['a context with an empty targeting key', 'greeting', { targetingKey: '' }, 'TARGETING_KEY_MISSING'],
    ['the key of a variable that was not set', 'greeting', { targetingKey: 'undefined' }, 'TARGETING_KEY_MISSING'],
  ])('answers the default for %s', async (_what, flagKey, context, errorCode) => {
    const flags = await start();
    const details = await flags.getStringDetails(flagKey, 'default', context);
    expect(details).toMatchObject({ value: 'default', reason: 'ERROR', errorCode });
    expect(details.errorMessage).not.toBe('');
  });

  it('answers addresses the same, however many variables a flag has', async () => {
    const flags = await start();
    expect(await flags.getNumberValue('checkout.steps', 0, ada)).toBe(3);
    expect(await flags.getStringValue('checkout.label', '', ada)).toBe('Buy');
    expect(await flags.getBooleanValue('checkout.express', false, ada)).toBe(true);
    expect(await flags.getBooleanValue('greeting.$enabled', false, ada)).toBe(true);
    expect(await flags.getStringValue('greeting.$variation', '', ada)).toBe('on');
    expect(await flags.getObjectValue('checkout.$variables', {}, ada)).toEqual({
      steps: 3,
      label: 'Buy',
      express: true,
    });
    expect(await flags.getObjectValue('checkout', {}, ada)).toEqual({ steps: 3, label: 'Buy', express: true });
  });

  it('answers whether a flag with several variables is enabled, and hints once', async () => {
    const flags = await start();
    const hints: string[] = [];
    flags.setLogger({ ...console, info: (text: string) => void hints.push(text), error: () => undefined });
    expect(await flags.getBooleanValue('checkout', false, ada)).toBe(true);
    expect(await flags.getBooleanValue('checkout', false, ada)).toBe(true);
    expect(hints).toEqual([expect.stringContaining('checkout.$enabled')]);
  });

  it('keeps to the convention when it is strict', async () => {
    const flags = await start({ strict: true });
    expect(await flags.getBooleanDetails('checkout', false, ada)).toMatchObject({
      value: false,
      errorCode: 'TYPE_MISMATCH',
    });
  });

  it('leaves nested members out of the attributes, and counts them', async () => {
    const flags = await start();
    const context = { ...member, nested: { a: 1 }, list: [1], since: new Date(0), absent: null };
    expect(await flags.getStringValue('greeting', 'bye', context)).toBe('dear member');
    expect(provider.attributesLeftOut).toBe(2);
    expect(recorded[0]?.attributes).toEqual({ plan: 'member', since: '1970-01-01T00:00:00.000Z' });
  });

  it('runs hooks around an evaluation', async () => {
    const flags = await start();
    const order: string[] = [];
    flags.addHooks({
      before: () => void order.push('before'),
      after: (_context, details) => void order.push(`after ${details.variant}`),
      error: () => void order.push('error'),
      finally: () => void order.push('finally'),
    });
    await flags.getStringValue('greeting', 'bye', ada);
    await flags.getStringValue('missing', 'bye', ada);
    expect(order).toEqual(['before', 'after on', 'finally', 'before', 'error', 'finally']);
  });

  it('keeps domains apart', async () => {
    const flags = await start();
    const other = createClient({
      config: createStaticConfig({ datafile: buildDatafile('2', { greeting: 'hello' }) }),
      events: null,
      logger: false,
    });
    await OpenFeature.setProviderAndWait('other', createServerProvider(other, { ownsClient: true }));
    expect(await OpenFeature.getClient('other').getStringValue('greeting', 'bye', ada)).toBe('hello');
    expect(await flags.getStringValue('greeting', 'bye', ada)).toBe('hi');
  });
});

describe('events of a provider on a server', () => {
  it('sends an impression with each evaluation', async () => {
    const flags = await start();
    await flags.getBooleanValue('switch', false, ada);
    expect(recorded).toMatchObject([{ type: 'impression', flagKey: 'switch', userId: 'ada', variationKey: 'on' }]);
  });

  it('holds impressions back until the application says that the flag was shown, and sends them once', async () => {
    const flags = await start({ impressions: 'none' });
    const details = await flags.getBooleanDetails('switch', false, ada);
    expect(recorded).toEqual([]);
    provider.trackExposure(details);
    provider.trackExposure(details);
    expect(recorded).toMatchObject([{ type: 'impression', flagKey: 'switch' }]);
  });

  it('turns tracking events into conversions', async () => {
    const flags = await start();
    flags.track('purchase', ada, { value: 12.5, revenue: 1250, currency: 'EUR' });
    flags.track('purchase', {});
    expect(recorded).toMatchObject([
      {
        type: 'conversion',
        eventKey: 'purchase',
        userId: 'ada',
        tags: { value: 12.5, revenue: 1250, currency: 'EUR' },
      },
    ]);
  });
});

describe('the life of a provider on a server', () => {
  it('is ready with a config, and names the flags that a new one changes', async () => {
    const config = createSwitchableConfig();
    client = createClient({ config, events: null, logger: false });
    const seen: string[] = [];
    const changed: unknown[] = [];
    OpenFeature.addHandler(ProviderEvents.Ready, () => void seen.push('ready'));
    OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, (details) => void changed.push(details?.flagsChanged));
    const ready = OpenFeature.setProviderAndWait(createServerProvider(client));
    expect(await OpenFeature.getClient().getStringDetails('greeting', 'bye', ada)).toMatchObject({
      errorCode: 'PROVIDER_NOT_READY',
    });
    config.serve(buildDatafile('1'));
    await ready;
    expect(await OpenFeature.getClient().getStringValue('greeting', 'bye', ada)).toBe('hi');
    config.serve(buildDatafile('2', { greeting: 'hello' }));
    expect(changed).toEqual([CHANGED_GREETING]);
    expect(seen).toContain('ready');
  });

  it('becomes stale when fetching the datafile has failed for too long, and ready when it works again', async () => {
    const config = createSwitchableConfig(buildDatafile('1'));
    client = createClient({ config, events: null, logger: false });
    const seen: string[] = [];
    await OpenFeature.setProviderAndWait(createServerProvider(client, { staleAfterMs: 20 }));
    OpenFeature.addHandler(ProviderEvents.Stale, () => void seen.push('stale'));
    config.fail();
    await expect.poll(() => seen).toContain('stale');
    expect(OpenFeature.getClient().providerStatus).toBe('STALE');
    config.recover();
    await expect.poll(() => OpenFeature.getClient().providerStatus).toBe('READY');
  });

  it('never becomes stale with an infinite limit, and does not look for it all the time', async () => {
    const config = createSwitchableConfig(buildDatafile('1'));
    client = createClient({ config, events: null, logger: false });
    await OpenFeature.setProviderAndWait(createServerProvider(client, { staleAfterMs: Number.POSITIVE_INFINITY }));
    const delays: unknown[] = [];
    const { setTimeout: wait } = globalThis;
    vi.stubGlobal('setTimeout', (run: () => void, delay?: number) => {
      delays.push(delay);
      return wait(run, delay);
    });
    onTestFinished(() => void vi.unstubAllGlobals());
    config.fail();
    expect(delays).toEqual([2 ** 31 - 1]);
    expect(OpenFeature.getClient().providerStatus).toBe('READY');
  });

  it('flushes a borrowed client and closes one of its own', async () => {
    for (const ownsClient of [false, true]) {
      const calls: string[] = [];
      const own = createClient({
        config: createStaticConfig({ datafile: buildDatafile() }),
        events: {
          record: () => undefined,
          async flush() {
            calls.push('flush');
            return { delivered: 0, dropped: 0, pending: 0 };
          },
          async close() {
            calls.push('close');
            return { delivered: 0, dropped: 0, pending: 0 };
          },
        },
        logger: false,
      });
      await OpenFeature.setProviderAndWait(createServerProvider(own, { ownsClient }));
      await OpenFeature.clearProviders();
      expect(calls).toEqual([ownsClient ? 'close' : 'flush']);
    }
    client = createClient({ config: createStaticConfig({ datafile: buildDatafile() }), events: null, logger: false });
  });

  it.each([
    [{ strict: 1 }],
    [{ impressions: 'all' }],
    [{ staleAfterMs: 0 }],
    [{ ownsClient: 'yes' }],
    [7],
    [[]],
    [null],
  ])('refuses the options %j', (options) => {
    client = createClient({ config: createStaticConfig({ datafile: buildDatafile() }), events: null, logger: false });
    expect(() => createServerProvider(client, options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });

  it('tells the client of options that do not exist, with those that were probably meant', () => {
    client = createClient({ config: createStaticConfig({ datafile: buildDatafile() }), events: null, logger: false });
    const problems: unknown[] = [];
    client.on('problem', (problem) => problems.push(problem));
    createServerProvider(client, { stalesAfterMs: 5, strict: undefined } as never);
    createServerProvider(client, { stalesAfterMs: 6 } as never);
    expect(problems).toEqual([
      {
        code: 'unknown-option',
        part: 'client',
        message:
          'createServerProvider does not have the option "stalesAfterMs"; expected strict, impressions, ownsClient, staleAfterMs. Did you mean "staleAfterMs"?',
      },
    ]);
  });
});
