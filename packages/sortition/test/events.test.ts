/** Events from decisions to a collector: the client, the batching sink and real sockets. */
import type { EventSink, Logger } from '@sortition/core';
import { createLabServer, createMemoryEventStore } from '@sortition/emulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type ClientOptions,
  createBatchEvents,
  createClient,
  createPollingConfig,
  createStaticConfig,
  type TrackEvent,
} from '../src/index.ts';
import { createRecordingSink, createShopClient } from './recording.ts';
import { shopDatafile } from './shop-datafile.ts';

const ignore = (): void => undefined;
const SILENT: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A client that sends to a collector of its own. */
async function startShop(options: Partial<ClientOptions> = {}, batch: Parameters<typeof createBatchEvents>[0] = {}) {
  const eventStore = createMemoryEventStore();
  const lab = await createLabServer({ eventStore });
  onTestFinished(() => lab.close());
  const events = createBatchEvents({ endpoint: `${lab.url}/v1/events`, ...batch });
  const client = createShopClient({ events, ...options });
  onTestFinished(async () => void (await client.close({ timeoutMs: 0 })));
  return { client, lab, arrived: () => [...eventStore.events.values()] };
}

test('impressions and conversions reach the collector with what was decided and tracked', async () => {
  const { client, arrived } = await startShop({ clientName: 'shop', clientVersion: '7' });
  const user = client.createUserContext('ada', { plan: 'pro', unknown: 'x' });
  user.decideAll();
  user.trackEvent('purchase', { revenue: 4_200, value: 1.5, colour: 'red' });
  expect(await client.flush()).toEqual({ delivered: 5, dropped: 0, pending: 0 });
  expect(arrived().map(({ kind, key, decision }) => [kind, key, decision?.flagKey, decision?.variationKey])).toEqual([
    ['impression', 'campaign_activated', 'checkout', 'one_page'],
    ['impression', 'campaign_activated', 'split', expect.stringMatching(/left|right/)],
    ['impression', 'campaign_activated', 'banner', 'on'],
    ['impression', 'campaign_activated', 'nothing', ''],
    ['conversion', 'purchase', undefined, undefined],
  ]);
  expect(arrived().at(-1)).toMatchObject({ revenue: 4_200, value: 1.5, tags: { colour: 'red' }, entityId: '501' });
  for (const event of arrived()) {
    expect(event).toMatchObject({ visitorId: 'ada', clientName: 'shop', clientVersion: '7', revision: '42' });
    expect(event.attributes).toEqual(new Map([['plan', 'pro']]));
  }
});

describe('a client without an event sink', () => {
  test('says so exactly once, and not at all when none is wanted', () => {
    const told: string[] = [];
    const logger: Logger = { ...SILENT, warn: (_, message) => told.push(message) };
    const client = createClient({ config: createStaticConfig({ datafile: shopDatafile() }), logger });
    const user = client.createUserContext('ada');
    for (let i = 0; i < 3; i += 1) {
      user.decideAll();
      user.trackEvent('purchase');
    }
    expect(told).toHaveLength(1);
    expect(client.stats().problems).toEqual({ 'no-event-sink': 1 });
    expect(createShopClient({ events: null }).stats().problems).toEqual({});
  });
});

describe('trackEvent', () => {
  test('with a key the datafile does not have warns once per key, and counts every one', () => {
    const told: string[] = [];
    const logger: Logger = { ...SILENT, warn: (_, message) => told.push(message) };
    const events = createRecordingSink();
    const client = createShopClient({ events, logger });
    const user = client.createUserContext('ada');
    for (let i = 0; i < 5; i += 1) {
      user.trackEvent('unknown');
      user.trackEvent('other');
    }
    for (const key of [undefined, null, 7, Symbol('s'), { toString: null }, '__proto__']) user.trackEvent(key as never);
    expect(told.filter((message) => message.includes('"unknown"'))).toHaveLength(1);
    expect(told.filter((message) => message.includes('"other"'))).toHaveLength(1);
    expect(client.stats().problems['unknown-event']).toBe(16);
    expect(events.conversions).toEqual([]);
  });

  test.each([[['a']], ['text'], [7], [true], [() => 1]])(
    'with the tags %j tracks nothing, as tags are an object',
    (tags) => {
      const events = createRecordingSink();
      const client = createShopClient({ events });
      client.createUserContext('ada').trackEvent('purchase', tags as never);
      expect(events.conversions).toEqual([]);
      expect(client.stats().problems).toEqual({ 'invalid-event-tags': 1 });
    },
  );

  test.each([[undefined], [null], [0], ['']])('with the tags %j has none', (tags) => {
    const events = createRecordingSink();
    createShopClient({ events })
      .createUserContext('ada')
      .trackEvent('purchase', tags as never);
    expect(events.conversions).toMatchObject([{ tags: undefined }]);
  });

  test('reads each tag once, leaves empty and unreadable ones out, and changes nothing', () => {
    const events = createRecordingSink();
    let reads = 0;
    const tags = Object.freeze({
      colour: 'red',
      nothing: null,
      missing: undefined,
      get counted() {
        reads += 1;
        return reads;
      },
      get broken(): string {
        throw new Error('no');
      },
      ['__proto__']: 'own',
    });
    const user = createShopClient({ events }).createUserContext('ada');
    user.trackEvent('purchase', tags);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    user.trackEvent('purchase', proxy);
    expect(JSON.stringify(events.conversions.map((event) => event.tags))).toBe(
      '[{"colour":"red","counted":1,"__proto__":"own"},{}]',
    );
  });

  test('[EVT-13] takes the time of the call, in whole milliseconds', () => {
    const events = createRecordingSink();
    const before = Date.now();
    createShopClient({ events }).createUserContext('ada').trackEvent('purchase');
    const [{ timestamp } = { timestamp: 0 }] = events.conversions;
    expect(Number.isInteger(timestamp)).toBe(true);
    expect(timestamp).toBeGreaterThanOrEqual(before);
    expect(timestamp).toBeLessThanOrEqual(Date.now());
  });
});

describe('the event "track"', () => {
  test('carries who did what, and the request the conversion would be alone', async () => {
    const { client, arrived, lab } = await startShop();
    const heard: TrackEvent[] = [];
    client.on('track', (event) => heard.push(event));
    const tags = { revenue: 4_200, colour: 'red', nothing: null };
    client.createUserContext('ada', { plan: 'pro', other: 1 }).trackEvent('purchase', tags);
    await client.flush();
    expect(heard).toEqual([
      {
        eventKey: 'purchase',
        userId: 'ada',
        attributes: { plan: 'pro', other: 1 },
        eventTags: { revenue: 4_200, colour: 'red' },
        logEvent: {
          url: `${lab.url}/v1/events`,
          httpVerb: 'POST',
          params: expect.objectContaining({ account_id: expect.any(String), visitors: [expect.anything()] }),
        },
      },
    ]);
    const [shown] = Reflect.get(heard[0]?.logEvent?.params ?? {}, 'visitors');
    expect(shown.snapshots[0].events[0]).toMatchObject({ key: 'purchase', revenue: 4_200, uuid: arrived()[0]?.uuid });
  });

  test.each<[string, EventSink | null]>([
    ['none', null],
    ['one that makes no requests', { record: () => undefined }],
    [
      'one that throws',
      {
        record: () => undefined,
        toLogEvent: () => {
          throw new Error('no');
        },
      },
    ],
  ])('is heard too when the sink is %s, without a request', (_, events) => {
    const client = createShopClient({ events });
    const heard: TrackEvent[] = [];
    client.on('track', (event) => heard.push(event));
    client.createUserContext('ada').trackEvent('purchase');
    expect(heard).toEqual([
      { eventKey: 'purchase', userId: 'ada', attributes: {}, eventTags: undefined, logEvent: null },
    ]);
  });
});

describe('trackImpression', () => {
  test('sends an impression that was held back once, and none that was sent or is not due', () => {
    const events = createRecordingSink();
    const client = createShopClient({ events }, shopDatafile({ sendFlagDecisions: false }));
    const user = client.createUserContext('ada', { plan: 'pro' });
    const held = user.decide('checkout', ['DISABLE_DECISION_EVENT']);
    user.setAttribute('plan', 'free');
    user.trackImpression(held);
    user.trackImpression(held);
    expect(events.impressions).toMatchObject([{ flagKey: 'checkout', attributes: { plan: 'pro' } }]);
    user.trackImpression(user.decide('split'));
    expect(events.impressions).toHaveLength(2);
    user.trackImpression(user.decide('banner', ['DISABLE_DECISION_EVENT']));
    expect(events.impressions).toHaveLength(2);
    expect(client.stats().problems).toEqual({});
  });
});

test('ids are made by the sink, and by the client for a sink that makes none or breaks', () => {
  const made = createRecordingSink();
  createShopClient({ events: { ...made, randomId: () => 'id-1' } })
    .createUserContext('ada')
    .decide('checkout');
  expect(made.impressions[0]?.uuid).toBe('id-1');
  for (const randomId of [
    undefined,
    () => '',
    () => 7 as never,
    () => {
      throw new Error('no');
    },
  ]) {
    const sink = createRecordingSink();
    createShopClient({ events: { ...sink, ...(randomId && { randomId }) } })
      .createUserContext('ada')
      .decide('checkout');
    expect(sink.impressions[0]?.uuid).toMatch(/^[0-9a-f-]{36}$/);
  }
});

describe('[EVT-05] closing a client', () => {
  test('delivers what is queued and in flight', async () => {
    const { client, arrived } = await startShop();
    const user = client.createUserContext('ada');
    for (let i = 0; i < 25; i += 1) user.decide('checkout');
    expect(await client.close()).toEqual({ delivered: 25, dropped: 0, pending: 0 });
    expect(arrived()).toHaveLength(25);
    expect(client.stats().events).toMatchObject({ produced: 25, delivered: 25, pending: 0 });
  });

  test('at a collector that hangs is over in time and reports what is pending', async () => {
    const { client, lab } = await startShop();
    lab.faults.set('events', { kind: 'hang' });
    client.createUserContext('ada').decideAll();
    const before = Date.now();
    expect(await client.close({ timeoutMs: 300 })).toEqual({ delivered: 0, dropped: 0, pending: 4 });
    expect(Date.now() - before).toBeLessThan(5_000);
  });

  test.each<[string, Partial<EventSink>]>([
    [
      'throw',
      {
        flush: () => {
          throw new Error('no');
        },
        close: () => {
          throw new Error('no');
        },
      },
    ],
    ['reject', { flush: () => Promise.reject(new Error('no')), close: () => Promise.reject(new Error('no')) }],
    ['never settle', { flush: () => new Promise(() => undefined), close: () => new Promise(() => undefined) }],
    ['answer nonsense', { flush: async () => 'done' as never, close: async () => ({ delivered: 'many' }) as never }],
  ])("whose sink's methods %s is over in time and never rejects", async (_, methods) => {
    const client = createShopClient({ events: { record: () => undefined, ...methods } });
    const before = Date.now();
    for (const report of [await client.flush({ timeoutMs: 100 }), await client.close({ timeoutMs: 100 })]) {
      expect(Object.keys(report).sort()).toEqual(['delivered', 'dropped', 'pending']);
    }
    expect(Date.now() - before).toBeLessThan(5_000);
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 0])('takes the timeout %s as some time', async (timeoutMs) => {
    const { client } = await startShop();
    client.createUserContext('ada').decide('checkout');
    const { delivered, pending } = await client.close({ timeoutMs });
    expect(delivered + pending).toBe(1);
  });

  test('[EVT-06] twice, at once or before anything happened is the same promise', async () => {
    const { client } = await startShop();
    const first = client.close();
    expect(client.close({ timeoutMs: 1 })).toBe(first);
    expect(await first).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(client.close()).toBe(first);
  });

  test('[EVT-06] after a start that failed is the same promise too, and nothing was recorded', async () => {
    const config = createPollingConfig({ sdkKey: 'key', urlTemplate: 'http://127.0.0.1:1/%s' });
    const client = createShopClient({ config, events: createBatchEvents() });
    await expect(client.ready({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'not-ready' });
    client.createUserContext('ada').decide('checkout');
    const closed = client.close();
    expect(client.close()).toBe(closed);
    expect(await closed).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    await expect(client.ready()).rejects.toMatchObject({ code: 'closed' });
  });

  test('[EVT-06] before the client was ready is done at once', async () => {
    const client = createShopClient({
      config: { current: () => null, subscribe: () => () => undefined },
      events: createBatchEvents(),
    });
    client.createUserContext('ada').decide('checkout');
    client.createUserContext('ada').trackEvent('purchase');
    expect(await client.close()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(client.stats().problems['not-ready']).toBe(1);
  });

  test('[EVT-07] leaves decisions as they were, without events: counted, told once, and no timer is started', async () => {
    const { client, arrived } = await startShop({}, { batchSize: 1 });
    const user = client.createUserContext('ada');
    await client.close();
    const told: string[] = [];
    client.on('problem', ({ code }) => told.push(code));
    client.on('decision', () => told.push('decision'));
    client.on('track', () => told.push('track'));
    const timersBefore = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    expect(user.decide('checkout').variationKey).toBe('one_page');
    expect((await user.decideAsync('checkout')).variationKey).toBe('one_page');
    user.trackEvent('purchase');
    user.trackImpression(user.decide('split', ['DISABLE_DECISION_EVENT']));
    expect(await client.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(timersBefore);
    expect(client.stats().ignoredAfterClose).toBe(4);
    expect(told).toEqual(['event-after-close']);
    expect(arrived()).toEqual([]);
  });
});

describe('[EVT-14] listeners', () => {
  test('that throw, reject, unsubscribe while firing or are many harm nothing and nobody', async () => {
    const { client, arrived } = await startShop();
    const heard: string[] = [];
    client.on('log-event', () => {
      throw new Error('log-event');
    });
    client.on('log-event', ({ httpVerb, params }) => heard.push(`${httpVerb} ${Object.keys(params).length}`));
    client.on('track', async () => {
      throw new Error('track');
    });
    const off = client.on('track', () => {
      off();
      heard.push('once');
    });
    client.on('track', ({ eventKey }) => heard.push(eventKey));
    let many = 0;
    for (let i = 0; i < 10_000; i += 1)
      client.on('decision', () => {
        many += 1;
      });
    const user = client.createUserContext('ada');
    user.decide('checkout');
    user.trackEvent('purchase', { a: 1 });
    user.trackEvent('purchase');
    await client.flush();
    expect(many).toBe(10_000);
    expect(heard).toEqual(['once', 'purchase', 'purchase', 'POST 8']);
    expect(arrived()).toHaveLength(3);
    expect(client.stats().problems['listener-failed']).toBe(3);
  });

  test('that record from within are heard, and end', async () => {
    const { client, arrived } = await startShop({}, { batchSize: 1 });
    const user = client.createUserContext('ada');
    let nested = 0;
    client.on('log-event', () => {
      nested += 1;
      if (nested < 5) user.trackEvent('purchase');
    });
    user.decide('checkout');
    await client.flush();
    await client.flush();
    expect(arrived()).toHaveLength(5);
  });

  test('[LIFE-03] and a logger that throws or asks for decisions itself', async () => {
    const thrower = () => {
      throw new Error('logger');
    };
    const logger: Logger = {
      debug: thrower,
      info: thrower,
      error: thrower,
      warn: () => {
        client.createUserContext('x').decide('checkout');
        throw new Error('again');
      },
    };
    const { client } = await startShop({ logger });
    client.createUserContext('ada').trackEvent('unknown');
    expect((await client.flush()).delivered).toBe(1);
  });
});

test('decisionEventDispatched says whether an impression is sent', () => {
  const client = createShopClient({ events: createRecordingSink() }, shopDatafile({ sendFlagDecisions: false }));
  const sent: unknown[] = [];
  client.on('decision', ({ decisionInfo }) => sent.push([decisionInfo.flagKey, decisionInfo.decisionEventDispatched]));
  const user = client.createUserContext('ada');
  user.decide('checkout');
  user.decide('checkout', ['DISABLE_DECISION_EVENT']);
  user.decide('banner');
  expect(sent).toEqual([
    ['checkout', true],
    ['checkout', false],
    ['banner', false],
  ]);
});

test('waitUntil is given a promise that ends when the events are delivered; one that throws harms nothing', async () => {
  const handed: Promise<unknown>[] = [];
  const { client, arrived } = await startShop({ waitUntil: (work) => void handed.push(work) });
  client.createUserContext('ada').decideAll();
  expect(handed).toHaveLength(1);
  await Promise.all(handed);
  expect(arrived()).toHaveLength(4);
  const broken = await startShop({
    waitUntil: () => {
      throw new Error('no');
    },
  });
  broken.client.createUserContext('ada').decide('checkout');
  await broken.client.flush();
  expect(broken.arrived()).toHaveLength(1);
  expect(broken.client.stats().problems).toEqual({ 'wait-until-failed': 1 });
});

test('[SEC-03] nothing that is logged above debug names the user or an attribute', async () => {
  const lines: string[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { ...SILENT, info: at('info'), warn: at('warn'), error: at('error') };
  const { client, lab } = await startShop(
    { logger },
    { maxQueueSize: 3, maxValueBytes: 100, maxEventBytes: 2_000, batchSize: 1 },
  );
  lab.faults.set('events', [
    { kind: 'status', status: 500, times: 1 },
    { kind: 'status', status: 400 },
  ]);
  const user = client.createUserContext('canary-user', { plan: `canary-attribute${'x'.repeat(200)}` });
  for (let i = 0; i < 10; i += 1) user.decide('checkout');
  user.trackEvent('purchase', { note: 'canary-tag', big: 1n, long: 'canary-tag'.repeat(50) });
  client.createUserContext('canary-user'.repeat(1_000)).decide('checkout');
  await client.close({ timeoutMs: 4_000 });
  user.decide('checkout');
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.filter((line) => line.includes('canary'))).toEqual([]);
});
