/** Globals that tests and tools replace after the SDK was loaded: nothing of it may have been kept from before. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createBatchEvents, createStaticConfig } from '../src/index.ts';
import { createRecordingSink, createShopClient } from './recording.ts';
import { shopDatafile } from './shop-datafile.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const DATAFILE = JSON.stringify(shopDatafile());
const delivered = () => Promise.resolve(new Response(null, { status: 204 }));

describe('[LIFE-06] a replaced', () => {
  test('Date dates events', () => {
    const events = createRecordingSink();
    const client = createShopClient({ events });
    vi.stubGlobal('Date', { now: () => 1_234 });
    client.createUserContext('ada').decide('checkout');
    client.createUserContext('ada').trackEvent('purchase');
    expect([...events.impressions, ...events.conversions].map(({ timestamp }) => timestamp)).toEqual([1_234, 1_234]);
  });

  test('crypto makes the ids of events, and Math.random does where there is none', () => {
    const events = createRecordingSink();
    const client = createShopClient({ events });
    vi.stubGlobal('crypto', { randomUUID: () => 'made' });
    client.createUserContext('ada').decide('checkout');
    vi.stubGlobal('crypto', undefined);
    vi.spyOn(Math, 'random').mockReturnValue(0);
    client.createUserContext('ada').decide('checkout');
    expect(events.impressions.map(({ uuid }) => uuid)).toEqual(['made', '00000000-0000-4000-8000-000000000000']);
  });

  test('Math.random spreads attempts, and setTimeout waits for them', async () => {
    let attempts = 0;
    const fetch = () => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new TypeError('refused')) : delivered();
    };
    const client = createShopClient({ events: createBatchEvents({ fetch, batchSize: 1 }) });
    vi.useFakeTimers();
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    client.createUserContext('ada').decide('checkout');
    await vi.advanceTimersByTimeAsync(998);
    expect(attempts).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(attempts).toBe(2);
    expect(client.stats().events).toMatchObject({ delivered: 1, retries: 1 });
  });

  test('JSON reads datafiles and writes events', async () => {
    const used: string[] = [];
    const { parse, stringify } = JSON;
    const bodies: unknown[] = [];
    const events = createBatchEvents({
      fetch: (_, init) => {
        bodies.push(init?.body);
        return delivered();
      },
    });
    vi.stubGlobal('JSON', {
      parse: (text: string) => {
        used.push('parse');
        return parse(text);
      },
      stringify: (value: unknown) => {
        used.push('stringify');
        return stringify(value);
      },
    });
    const client = createShopClient({ events, config: createStaticConfig({ datafile: DATAFILE }) });
    client.createUserContext('ada').decide('checkout');
    await client.close();
    expect(new Set(used)).toEqual(new Set(['parse', 'stringify']));
    expect(bodies).toHaveLength(1);
  });

  test('Promise, as of a library that replaces it, changes no answer', async () => {
    vi.stubGlobal('Promise', class OtherPromise<T> extends Promise<T> {});
    const client = createShopClient({ events: createBatchEvents({ fetch: delivered }) });
    const decision = await client.createUserContext('ada').decideAsync('checkout');
    expect(decision.variationKey).toBe('one_page');
    expect(await client.close()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  });

  test('performance that is missing leaves time to Date', async () => {
    const client = createShopClient({ events: createBatchEvents({ fetch: delivered }) });
    vi.stubGlobal('performance', undefined);
    client.createUserContext('ada').decide('checkout');
    expect(await client.close()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  });

  test('performance that is missing leaves problems to be told', () => {
    const client = createShopClient({ events: createRecordingSink() });
    const codes: string[] = [];
    client.on('problem', ({ code }) => codes.push(code));
    vi.stubGlobal('performance', undefined);
    client.createUserContext('ada').trackEvent('unknown');
    expect(codes).toEqual(['unknown-event']);
  });
});
