import { describe, expect, test } from 'vitest';
import { type BatchEventsOptions, createBatchEvents } from '../src/index.ts';
import { attachSink, startCollector, until } from './collector.ts';
import { createConfig, createConversion, createImpression } from './recorded-events.ts';

describe('batching', () => {
  test('sends a batch as soon as it has batchSize events', async () => {
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint, batchSize: 10 });
    for (let i = 0; i < 25; i += 1) sink.record(createImpression());
    await until(() => sink.stats().delivered === 20);
    expect(collector.batchSizes()).toEqual([10, 10]);
    expect(sink.stats()).toMatchObject({ produced: 25, delivered: 20, pending: 5, dropped: 0 });
    expect(await sink.flush()).toEqual({ delivered: 25, dropped: 0, pending: 0 });
    expect(collector.batchSizes()).toEqual([10, 10, 5]);
  });

  test('sends an open batch after flushIntervalMs', async () => {
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint, flushIntervalMs: 20 });
    sink.record(createImpression());
    await until(() => collector.store.events.size === 1);
    sink.record(createConversion());
    await until(() => collector.store.events.size === 2);
    expect(collector.batchSizes()).toEqual([1, 1]);
  });

  test('[EVT-12] cuts a batch where what its events have in common changes, and mixes nothing', async () => {
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint });
    const next = createConfig({ revision: '8' });
    for (const config of [undefined, next, next, undefined]) sink.record(createImpression(config && { config }));
    sink.record(createImpression({ clientName: 'other' }));
    await sink.close();
    const sent = collector.store.batches.map(({ events }) =>
      events.map((event) => `${event.revision} ${event.clientName}`),
    );
    expect(sent.sort()).toEqual([['7 other'], ['7 test-client', '7 test-client'], ['8 test-client', '8 test-client']]);
    expect(collector.lab.events.refusedBatches).toBe(0);
  });

  test('equal contexts of different config objects share a batch', async () => {
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint });
    sink.record(createImpression({ config: createConfig() }));
    sink.record(createImpression({ config: createConfig() }));
    await sink.close();
    expect(collector.batchSizes()).toEqual([2]);
  });
});

test.each([
  ['US', 'https://logx.optimizely.com/v1/events'],
  ['EU', 'https://eu.logx.optimizely.com/v1/events'],
  ['eu', 'https://eu.logx.optimizely.com/v1/events'],
  ['', 'https://logx.optimizely.com/v1/events'],
  ['https://evil.example', 'https://logx.optimizely.com/v1/events'],
])('[SEC-01] the region %j of a datafile chooses one of two endpoints: %s', async (region, url) => {
  const urls: string[] = [];
  const fetch = async (input: string | URL | Request) => {
    urls.push(String(input));
    return new Response(null, { status: 204 });
  };
  const { sink, logEvents } = attachSink({ fetch });
  sink.record(createImpression({ config: createConfig({ region }) }));
  await sink.flush();
  expect(urls).toEqual([url]);
  expect(logEvents.map((event) => [event.url, event.httpVerb])).toEqual([[url, 'POST']]);
});

test('listeners are told of a batch once, however often it is sent', async () => {
  const collector = await startCollector();
  collector.lab.faults.set('events', { kind: 'status', status: 503, times: 2 });
  const { sink, logEvents } = attachSink({ endpoint: collector.endpoint });
  const event = createImpression();
  sink.record(event);
  await sink.flush({ timeoutMs: 10_000 });
  expect(logEvents).toHaveLength(1);
  expect(logEvents[0]?.params).toMatchObject({ project_id: 'project', visitors: [{ visitor_id: 'ada' }] });
  expect(collector.uuids()).toEqual([event.uuid]);
});

test('[IN-03] a surrogate that stands alone is sent as U+FFFD, and text that only looks like its escape is kept', async () => {
  const collector = await startCollector();
  const { sink } = attachSink({ endpoint: collector.endpoint });
  const ids = ['a\ud800b', 'a\udfffb', '\\ud800', '\\\ud800', 'a😀b', '\\\\ud800'];
  for (const userId of ids) sink.record(createImpression({ userId }));
  await sink.close();
  const wellFormed = ['a\ufffdb', 'a\ufffdb', '\\ud800', '\\\ufffd', 'a😀b', '\\\\ud800'];
  expect([...collector.store.events.values()].map(({ visitorId }) => visitorId)).toEqual(wellFormed);
});

test.each([null, 5, 'fast'])('%j as options is refused', (options) => {
  expect(() => createBatchEvents(options as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});

test('options may be undefined, which is the same as leaving them out', () => {
  const absent: Record<keyof BatchEventsOptions, undefined> = {
    batchSize: undefined,
    flushIntervalMs: undefined,
    endpoint: undefined,
    maxQueueSize: undefined,
    maxQueueBytes: undefined,
    maxValueBytes: undefined,
    maxEventBytes: undefined,
    requestTimeoutMs: undefined,
    insecureHosts: undefined,
    store: undefined,
    onDrop: undefined,
    fetch: undefined,
    randomId: undefined,
  };
  expect(createBatchEvents(absent).stats()).toEqual(createBatchEvents().stats());
});

test.each([
  [{ batchSize: 0 }, 'batchSize'],
  [{ batchSize: null as never }, 'batchSize'],
  [{ batchSize: Number.NaN }, 'batchSize'],
  [{ batchSize: 1.5 }, 'batchSize'],
  [{ flushIntervalMs: -1 }, 'flushIntervalMs'],
  [{ flushIntervalMs: Number.POSITIVE_INFINITY }, 'flushIntervalMs'],
  [{ maxQueueSize: 0 }, 'maxQueueSize'],
  [{ maxQueueBytes: -5 }, 'maxQueueBytes'],
  [{ requestTimeoutMs: 0 }, 'requestTimeoutMs'],
  [{ endpoint: 'http://collector.example/v1/events' }, 'endpoint'],
  [{ endpoint: 'nowhere' }, 'endpoint'],
  [{ endpoint: 'https://user:secret@collector.example' }, 'endpoint'],
  [{ batchSize: Object.create(null) }, 'batchSize'],
  [{ insecureHosts: 'collector' as never, endpoint: 'http://collector' }, 'insecureHosts'],
  [{ fetch: 'fetch' as never }, 'fetch'],
  [{ randomId: 7 as never }, 'randomId'],
  [{ store: {} as never }, 'store'],
  [{ store: { add: 1, remove: 1, takeLeft: 1 } as never }, 'store'],
])('the options %j are refused', (options, name) => {
  expect(() => createBatchEvents(options)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  expect(() => createBatchEvents(options)).toThrow(new RegExp(name));
});

test('creating and attaching a sink starts no timer, draws no randomness and sends nothing', () => {
  const used: string[] = [];
  const { setTimeout: realSetTimeout } = globalThis;
  const realRandom = Math.random;
  globalThis.setTimeout = ((...args: Parameters<typeof realSetTimeout>) => {
    used.push('setTimeout');
    return realSetTimeout(...args);
  }) as typeof realSetTimeout;
  Math.random = () => {
    used.push('random');
    return realRandom();
  };
  try {
    attachSink({ fetch: () => Promise.reject(new Error('nothing may be sent')) });
  } finally {
    globalThis.setTimeout = realSetTimeout;
    Math.random = realRandom;
  }
  expect(used).toEqual([]);
});

test('[EVT-20] an option that does not exist is told to the client, with those that do', () => {
  const { problems } = attachSink({ flushInterval: 5, batchSzie: 3 } as never);
  expect(problems).toMatchObject([
    {
      code: 'unknown-option',
      message: expect.stringMatching(
        /^createBatchEvents does not have the option "flushInterval", "batchSzie"; expected batchSize, flushIntervalMs, .*Did you mean "flushIntervalMs", "batchSize"\?$/,
      ),
    },
  ]);
});

test.each([
  ['eventStore', / Did you mean "store"\?$/],
  ['eventDispatcher', / Did you mean "fetch"\?$/],
  ['maxRetries', /; expected [^?]*\.$/],
])('[EVT-20] for %s the option is named that resembles it, if there is one', (name, message) => {
  expect(attachSink({ [name]: 5 } as never).problems[0]?.message).toMatch(message);
});

test('a collector without TLS is for hosts that are named in insecureHosts', () => {
  const endpoint = 'http://collector.internal:8080/v1/events';
  expect(() => createBatchEvents({ endpoint })).toThrow(/https/);
  expect(() => createBatchEvents({ endpoint, insecureHosts: ['collector.internal:8080'] })).not.toThrow();
});

test('[EVT-19] an onDrop that rejects is told once and ends nothing', async () => {
  const { sink, codes } = attachSink({
    maxQueueSize: 1,
    fetch: () => new Promise(() => undefined),
    onDrop: async () => {
      throw new Error('broken');
    },
  });
  for (let i = 0; i < 3; i += 1) sink.record(createImpression());
  await until(() => codes().includes('on-drop-failed'));
  expect(codes()).toEqual(['event-queue-full', 'on-drop-failed']);
});

test('[EVT-19] a waitUntil that throws or rejects costs no event', async () => {
  const collector = await startCollector();
  for (const waitUntil of [
    () => {
      throw new Error('too late');
    },
    async () => {
      throw new Error('too late');
    },
  ]) {
    const { sink } = attachSink({ endpoint: collector.endpoint }, { waitUntil });
    sink.record(createImpression());
    await until(() => sink.stats().delivered === 1);
  }
});

test('[EVT-21] a sink made before the first request makes no platform object, and each request serves itself', async () => {
  const { AbortController: RealController } = globalThis;
  globalThis.AbortController = class {
    constructor() {
      throw new Error('Disallowed operation called within global scope');
    }
  } as never;
  const collector = await startCollector();
  const handed: Promise<unknown>[] = [];
  const { sink } = attachSink({ endpoint: collector.endpoint }, { waitUntil: (work) => void handed.push(work) });
  globalThis.AbortController = RealController;
  for (let request = 0; request < 20; request += 1) {
    sink.record(createImpression());
    await handed.at(-1);
  }
  expect(handed).toHaveLength(20);
  expect(sink.stats()).toMatchObject({ delivered: 20, pending: 0 });
});
