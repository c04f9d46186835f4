import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Client,
  type ClientOptions,
  createClient,
  createStaticConfig,
  type DecisionEvent,
  isSdkError,
  type Problem,
} from '../src/index.ts';
import { createRecordingSink, createShopClient } from './recording.ts';
import { shopDatafile } from './shop-datafile.ts';

describe('createClient', () => {
  it.each<[string, object | undefined]>([
    ['no options', undefined],
    ['no config', {}],
    ['a datafile as config', { config: shopDatafile() }],
    ['events without record', { events: {} }],
    ['events that are false', { events: false }],
    ['odp without methods', { odp: {} }],
    ['a cmab source without predict', { cmab: {} }],
    ['a visitor id source without methods', { vuid: {} }],
    ['a store without methods', { profiles: {} }],
    ['a store with a save that is no function', { profiles: { lookup: () => null, save: 1 } }],
    ['a store that is a text', { profiles: 'memory' }],
    ['a logger without methods', { logger: {} }],
    ['a waitUntil that is no function', { waitUntil: true }],
    ['a waitUntil that is null', { waitUntil: null }],
    ['an odp part that is null', { odp: null }],
    ['a client name that is empty', { clientName: '' }],
    ['a client name that is no text', { clientName: 5 }],
    ['a client version that is null', { clientVersion: null }],
    ['default options that are no list', { defaultDecideOptions: 'INCLUDE_REASONS' }],
    ['a profile timeout of 0', { profileTimeoutMs: 0 }],
    ['a negative profile timeout', { profileTimeoutMs: -1 }],
    ['a profile timeout that is a text', { profileTimeoutMs: '250' as never }],
    ['a profile timeout that is no number', { profileTimeoutMs: Number.NaN }],
  ])('refuses %s and says which option is meant', (_what, options) => {
    const config = createStaticConfig({ datafile: shopDatafile() });
    try {
      createClient((options && Object.keys(options).length > 0 ? { config, ...options } : options) as ClientOptions);
      expect.unreachable('the options were accepted');
    } catch (error) {
      expect(isSdkError(error) && error.code).toBe('invalid-option');
      expect(String(error)).toMatch(/The option "\w+" of createClient must be .+, got .+\./);
    }
  });

  it('takes undefined for every option but the config', () => {
    const { config, ...absent } = {
      config: createStaticConfig({ datafile: shopDatafile() }),
      events: undefined,
      odp: undefined,
      cmab: undefined,
      vuid: undefined,
      profiles: undefined,
      waitUntil: undefined,
      defaultDecideOptions: undefined,
      profileTimeoutMs: undefined,
      clientName: undefined,
      clientVersion: undefined,
    };
    expect(createClient({ config, ...absent, logger: false }).isReady).toBe(true);
  });

  it('is ready at once with a static config', async () => {
    const client = createShopClient();
    expect(client.isReady).toBe(true);
    await expect(client.ready()).resolves.toBeUndefined();
  });

  it('keeps its parts, whatever becomes of the options', () => {
    const events = createRecordingSink();
    const config = createStaticConfig({ datafile: shopDatafile() });
    const options: { -readonly [K in keyof ClientOptions]: ClientOptions[K] } = { config, events, logger: false };
    const client = createClient(options);
    options.events = null;
    client.createUserContext('ada').decide('checkout');
    expect(events.impressions).toHaveLength(1);
  });

  it('says once that events are lost, unless that is meant', () => {
    const problems = (events: null | undefined): string[] => {
      const client = createShopClient({ events: events as null });
      const heard: Problem[] = [];
      client.on('problem', (problem) => heard.push(problem));
      client.createUserContext('ada').decide('checkout');
      return heard.map(({ code }) => code);
    };
    expect(problems(undefined)).toEqual(['no-event-sink']);
    expect(problems(null)).toEqual([]);
  });

  it('tells what was left out of the datafile, also to a listener that comes later', () => {
    const client = createShopClient({}, shopDatafile({ groups: 'none' }));
    const heard: Problem[] = [];
    client.on('problem', (problem) => heard.push(problem));
    expect(heard).toMatchObject([{ code: 'invalid-section', part: 'datafile' }]);
    expect(client.stats().problems).toEqual({ 'invalid-section': 1 });
  });
});

describe('the decision event', () => {
  it('tells what was decided, for whom, and whether an impression is due', () => {
    const client = createShopClient();
    const heard: DecisionEvent[] = [];
    const off = client.on('decision', (event) => heard.push(event));
    const user = client.createUserContext('ada', { plan: 'pro' });
    user.decide('checkout', ['INCLUDE_REASONS', 'EXCLUDE_VARIABLES']);
    user.decide('banner', ['DISABLE_DECISION_EVENT']);
    user.decide('nothing');
    off();
    user.decide('checkout');
    expect(heard).toEqual([
      {
        type: 'flag',
        userId: 'ada',
        attributes: { plan: 'pro' },
        decisionInfo: {
          flagKey: 'checkout',
          enabled: true,
          variationKey: 'one_page',
          ruleKey: 'checkout_test',
          variables: {},
          reasons: expect.arrayContaining(['User ada is in variation one_page of experiment checkout_test.']),
          decisionEventDispatched: true,
          experimentId: '101',
          variationId: '1011',
        },
      },
      expect.objectContaining({
        decisionInfo: expect.objectContaining({
          flagKey: 'banner',
          decisionEventDispatched: false,
          experimentId: '201',
        }),
      }),
      expect.objectContaining({
        decisionInfo: expect.objectContaining({
          flagKey: 'nothing',
          variationKey: null,
          decisionEventDispatched: true,
          experimentId: null,
          variationId: null,
        }),
      }),
    ]);
  });

  it('is due for deliveries only when the datafile says so', () => {
    const client = createShopClient({}, shopDatafile({ sendFlagDecisions: false }));
    const due: [string, boolean][] = [];
    client.on('decision', ({ decisionInfo }) => due.push([decisionInfo.flagKey, decisionInfo.decisionEventDispatched]));
    client.createUserContext('ada').decideAll();
    expect(due).toEqual([
      ['checkout', true],
      ['split', true],
      ['banner', false],
      ['nothing', false],
    ]);
  });

  it('reaches every listener, whatever the others do', async () => {
    const client = createShopClient();
    const heard: string[] = [];
    const problems: Problem[] = [];
    client.on('problem', (problem) => problems.push(problem));
    client.on('decision', () => {
      throw new Error('a listener that throws');
    });
    client.on('decision', async () => {
      throw new Error('a listener that rejects');
    });
    client.on('decision', ({ attributes }) => {
      (attributes as Record<string, string>).plan = 'changed by a listener';
      heard.push('third');
    });
    const user = client.createUserContext('ada', { plan: 'pro' });
    user.decide('banner');
    await delay(0);
    expect(heard).toEqual(['third']);
    expect(user.attributes).toEqual({ plan: 'pro' });
    expect(problems.map(({ code }) => code)).toEqual(['listener-failed', 'listener-failed']);
  });
});

describe('impressions and conversions', () => {
  it('go to the sink with what a payload needs', () => {
    const events = createRecordingSink();
    const client = createShopClient({ events, clientName: 'shop', clientVersion: '7' });
    const user = client.createUserContext('ada', { plan: 'pro' });
    user.decide('checkout');
    user.trackEvent('purchase', { revenue: 4200 });
    user.trackEvent('unknown');
    expect(events.impressions).toMatchObject([
      {
        flagKey: 'checkout',
        ruleKey: 'checkout_test',
        ruleType: 'feature-test',
        variationKey: 'one_page',
        variationId: '1011',
        experimentId: '101',
        enabled: true,
        userId: 'ada',
        clientName: 'shop',
        clientVersion: '7',
      },
    ]);
    expect(events.conversions).toMatchObject([{ eventKey: 'purchase', eventId: '501', tags: { revenue: 4200 } }]);
    expect(client.stats().problems).toEqual({ 'unknown-event': 1 });
  });

  it('held back by DISABLE_DECISION_EVENT are sent by trackImpression, and by nothing that is no decision', () => {
    const events = createRecordingSink();
    const client = createShopClient({ events });
    const user = client.createUserContext('ada');
    const decision = user.decide('checkout', ['DISABLE_DECISION_EVENT']);
    expect(events.impressions).toEqual([]);
    user.trackImpression(decision);
    expect(events.impressions).toMatchObject([{ flagKey: 'checkout', userId: 'ada' }]);
    user.trackImpression(user.decide('unknown'));
    user.trackImpression(JSON.parse(JSON.stringify(decision)));
    user.trackImpression(undefined as never);
    expect(events.impressions).toHaveLength(1);
    expect(client.stats().problems).toEqual({ 'no-impression': 3 });
  });

  it('of a sink that throws cost a problem and nothing else', () => {
    const client = createShopClient({
      events: {
        record() {
          throw new Error('full');
        },
      },
    });
    expect(client.createUserContext('ada').decide('checkout').enabled).toBe(true);
    expect(client.stats().problems).toEqual({ 'event-sink-failed': 1 });
  });
});

describe('close', () => {
  it('goes on deciding with the last config, records nothing more and counts that', async () => {
    const events = createRecordingSink();
    const client = createShopClient({ events });
    const user = client.createUserContext('ada');
    const first = client.close();
    expect(client.close()).toBe(first);
    await expect(first).resolves.toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(user.decide('checkout').variationKey).toBe('one_page');
    user.trackEvent('purchase');
    expect(events).toMatchObject({ impressions: [], conversions: [] });
    expect(client.stats()).toMatchObject({ decisions: 1, ignoredAfterClose: 2 });
  });

  it('never rejects, whatever the parts do', async () => {
    const fails = (): never => {
      throw new Error('a part that throws');
    };
    const client = createShopClient({
      events: { record: () => undefined, close: fails, flush: () => Promise.reject(new Error('a part that rejects')) },
      profiles: { lookup: () => null, close: fails },
    });
    await expect(client.flush()).resolves.toEqual({ delivered: 0, dropped: 0, pending: 0 });
    await expect(client.close()).resolves.toEqual({ delivered: 0, dropped: 0, pending: 0 });
  });

  it('is what `await using` calls, where the runtime and the compiler know it', async () => {
    const asyncDispose = (Symbol as { asyncDispose?: symbol }).asyncDispose;
    if (asyncDispose === undefined) return;
    const events = createRecordingSink();
    let kept: Client | undefined;
    {
      await using client = createShopClient({ events });
      expectTypeOf(client).toExtend<AsyncDisposable>();
      kept = client;
    }
    kept.createUserContext('ada').decide('checkout');
    expect(events.impressions).toEqual([]);
  });

  it('leaves a source that other clients use running', async () => {
    let closed = 0;
    const close = (): void => {
      closed += 1;
    };
    const source = { ...createStaticConfig({ datafile: shopDatafile() }), close };
    const [first, second] = [createShopClient({ config: source }), createShopClient({ config: source })];
    await first.close();
    expect(closed).toBe(0);
    await second.close();
    expect(closed).toBe(1);
  });
});

it('shares no answer that a caller could change for all others', () => {
  const client = createShopClient({ events: null });
  const reasons = client.createUserContext('ada').decide('checkout').reasons as string[];
  expect(() => reasons.push('changed')).toThrow(TypeError);
  expect(client.createUserContext('ada').decide('checkout').reasons).toEqual([]);
  Object.assign(client.stats().events, { produced: 7 });
  expect(createShopClient({ events: null }).stats().events.produced).toBe(0);
});

describe('stats', () => {
  it('count decisions, errors included, one per flag', () => {
    const client = createShopClient();
    const user = client.createUserContext('ada');
    user.decide('checkout');
    user.decide('unknown');
    user.decideAll();
    expect(client.stats().decisions).toBe(6);
    user.explain('checkout');
    expect(client.stats().decisions).toBe(6);
  });
});
