import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type BatchEventsOptions, keepEvents } from '../src/index.ts';
import { attachSink, startCollector, until } from './collector.ts';
import { createConversion, createImpression } from './recorded-events.ts';

afterEach(() => void vi.useRealTimers());

/** Records some impressions and returns their ids, sorted. */
function recordSome(sink: { record(event: ReturnType<typeof createImpression>): void }, count: number): string[] {
  const events = Array.from({ length: count }, () => createImpression());
  for (const event of events) sink.record(event);
  return events.map(({ uuid }) => uuid).sort();
}

describe('[EVT-01] an outage', () => {
  test('of ten minutes costs nothing: every event arrives with its id once the collector is back', async () => {
    vi.useFakeTimers();
    const arrived = new Map<string, number>();
    let isDown = true;
    const fetch = async (_url: unknown, init?: RequestInit) => {
      if (isDown) throw new TypeError('connection refused');
      for (const visitor of JSON.parse(String(init?.body)).visitors) {
        const { uuid } = visitor.snapshots[0].events[0];
        arrived.set(uuid, (arrived.get(uuid) ?? 0) + 1);
      }
      return new Response(null, { status: 204 });
    };
    const { sink, codes } = attachSink({ fetch, flushIntervalMs: 1_000 });
    const uuids: string[] = [];
    for (let second = 0; second < 600; second += 1) {
      uuids.push(...recordSome(sink, 2));
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(arrived.size).toBe(0);
    isDown = false;
    await vi.advanceTimersByTimeAsync(61_000);
    expect([...arrived.keys()].sort()).toEqual(uuids.sort());
    expect(new Set(arrived.values())).toEqual(new Set([1]));
    expect(sink.stats()).toMatchObject({ produced: 1_200, delivered: 1_200, dropped: 0, pending: 0 });
    expect(codes()).toEqual(['events-delayed']);
  });

  test('is met with few attempts, never more than a minute apart', async () => {
    vi.useFakeTimers();
    const attempts: number[] = [];
    const fetch = async () => {
      attempts.push(Date.now());
      throw new TypeError('connection refused');
    };
    const { sink } = attachSink({ fetch, batchSize: 1 });
    recordSome(sink, 100);
    await vi.advanceTimersByTimeAsync(600_000);
    const waits = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
    expect(attempts.length).toBeLessThan(200);
    expect(attempts.length).toBeGreaterThan(10);
  });
});

test('[EVT-25] the end of an outage is noticed within a quarter of its length, before the queue is full', async () => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.999); // the longest waits
  let isDown = false;
  const { fetch, arrived } = createSlowCollector(150, () => (isDown ? 503 : 204));
  const { sink, codes } = attachSink({ fetch });
  const uuids = await recordFor(sink, 2, 500);
  isDown = true;
  uuids.push(...(await recordFor(sink, 14, 500)));
  isDown = false;
  uuids.push(...(await recordFor(sink, 10, 500)));
  await vi.advanceTimersByTimeAsync(40_000);
  vi.mocked(Math.random).mockRestore();
  expect(sink.stats()).toMatchObject({ dropped: 0, pending: 0 });
  expect(arrived.size).toBe(uuids.length);
  expect(codes()).toEqual(['events-delayed']);
});

describe('[EVT-02] an answer with status', () => {
  test.each([200, 202, 204])('%i means delivered', async (status) => {
    const collector = await startCollector();
    collector.lab.faults.set('events', { kind: 'status', status });
    const { sink } = attachSink({ endpoint: collector.endpoint });
    recordSome(sink, 3);
    expect(await sink.flush()).toEqual({ delivered: 3, dropped: 0, pending: 0 });
  });

  test.each([408, 425, 429, 500, 502, 503, 504, 599])(
    '%i keeps the batch and its ids for another attempt',
    async (status) => {
      const collector = await startCollector();
      collector.lab.faults.set('events', { kind: 'status', status, times: 1 });
      const { sink, codes } = attachSink({ endpoint: collector.endpoint });
      const uuids = recordSome(sink, 3);
      expect(await sink.flush({ timeoutMs: 15_000 })).toEqual({ delivered: 3, dropped: 0, pending: 0 });
      expect(collector.uuids()).toEqual(uuids);
      expect(collector.lab.events.counts.duplicates).toBe(0);
      expect(sink.stats().retries).toBe(1);
      expect(codes()).toEqual(['events-delayed']);
    },
  );

  test.each([301, 302, 303, 307])(
    '%i to somewhere else is no answer of the collector: the batch is kept, and the problem names the redirect',
    async (status) => {
      let isPortal = true;
      const fetch = async () => {
        const headers = { location: 'https://portal.example/login' };
        return isPortal ? new Response(null, { status, headers }) : new Response(null, { status: 204 });
      };
      const { sink, codes, problems } = attachSink({ fetch });
      recordSome(sink, 3);
      expect(await sink.flush({ timeoutMs: 50 })).toEqual({ delivered: 0, dropped: 0, pending: 3 });
      isPortal = false;
      expect(await sink.flush({ timeoutMs: 15_000 })).toEqual({ delivered: 3, dropped: 0, pending: 0 });
      expect(codes()).toEqual(['events-delayed']);
      expect(problems[0]?.message).toMatch(
        /^Events could not be sent; they are kept and sent again\. .*was redirected/,
      );
    },
  );

  test.each([400, 401, 403, 404, 410, 418, 422, 304])(
    '[EVT-18] %i that passes costs no event: the batch is kept, told once, and sent again',
    async (status) => {
      const collector = await startCollector();
      collector.lab.faults.set('events', { kind: 'status', status });
      const { sink, codes } = attachSink({ endpoint: collector.endpoint, batchSize: 2 });
      const uuids = recordSome(sink, 6);
      expect(await sink.flush({ timeoutMs: 300 })).toEqual({ delivered: 0, dropped: 0, pending: 6 });
      // On a busy machine no answer may have come yet.
      await until(() => codes().length > 0);
      collector.lab.faults.clear();
      expect(await sink.flush({ timeoutMs: 15_000 })).toEqual({ delivered: 6, dropped: 0, pending: 0 });
      expect(collector.uuids()).toEqual(uuids);
      expect(codes()).toEqual(['events-delayed']);
    },
  );

  test.each([400, 401, 404])(
    '[EVT-18] %i is waited out for an hour, then the batch is given up and told',
    async (status) => {
      vi.useFakeTimers();
      const dropped: string[] = [];
      const { sink, codes } = attachSink({
        fetch: async () => new Response(null, { status }),
        onDrop: ({ uuid, reason }) => dropped.push(`${uuid} ${reason}`),
      });
      const uuids = recordSome(sink, 3);
      void sink.flush();
      await vi.advanceTimersByTimeAsync(3_500_000);
      expect(sink.stats()).toMatchObject({ dropped: 0, pending: 3 });
      await vi.advanceTimersByTimeAsync(400_000);
      expect(sink.stats()).toMatchObject({ dropped: 3, pending: 0 });
      expect(dropped.sort()).toEqual(uuids.map((uuid) => `${uuid} refused`));
      expect(codes()).toEqual(['events-delayed', 'events-refused']);
    },
  );

  test('[EVT-18] 200 with a page in HTML is that of a captive portal: the batch is kept', async () => {
    let isPortal = true;
    const headers = { 'content-type': 'Text/HTML; charset=utf-8' };
    const { sink } = attachSink({
      fetch: async () => (isPortal ? new Response('<html>', { headers }) : new Response('{}', { status: 200 })),
    });
    recordSome(sink, 3);
    expect(await sink.flush({ timeoutMs: 50 })).toEqual({ delivered: 0, dropped: 0, pending: 3 });
    isPortal = false;
    expect(await sink.flush({ timeoutMs: 15_000 })).toEqual({ delivered: 3, dropped: 0, pending: 0 });
  });

  test('413 splits the batch until it fits, and drops only the event that never does', async () => {
    const collector = await startCollector();
    const { sink, codes } = attachSink({
      endpoint: collector.endpoint,
      fetch: (url, init) => {
        const tooLarge = String(init?.body).length > 2_500 || String(init?.body).includes('giant');
        return tooLarge ? Promise.resolve(new Response(null, { status: 413 })) : fetch(url, init);
      },
    });
    const uuids = recordSome(sink, 9);
    sink.record(createImpression({ userId: 'giant' }));
    expect(await sink.flush()).toEqual({ delivered: 9, dropped: 1, pending: 0 });
    expect(collector.uuids()).toEqual(uuids);
    expect(codes()).toEqual(['events-refused']);
  });

  test('429 is followed by as long a wait as Retry-After asks for, also by flush', async () => {
    vi.useFakeTimers();
    const attempts: number[] = [];
    const fetch = async () => {
      attempts.push(Date.now());
      return new Response(null, { status: attempts.length === 1 ? 429 : 204, headers: { 'retry-after': '30' } });
    };
    const { sink } = attachSink({ fetch, batchSize: 1 });
    recordSome(sink, 1);
    await vi.advanceTimersByTimeAsync(10);
    const flushed = sink.flush({ timeoutMs: 60_000 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await flushed).toMatchObject({ delivered: 1 });
    expect((attempts[1] ?? 0) - (attempts[0] ?? 0)).toBeGreaterThanOrEqual(30_000);
  });
});

describe('[EVT-03] a full queue', () => {
  test('drops the newest, says so once, and accepts again when it has emptied', async () => {
    const collector = await startCollector();
    collector.lab.faults.set('events', { kind: 'hang' });
    const dropped: string[] = [];
    const { sink, codes } = attachSink({
      endpoint: collector.endpoint,
      maxQueueSize: 5,
      requestTimeoutMs: 300,
      onDrop: ({ uuid, reason }) => dropped.push(`${uuid} ${reason}`),
    });
    const events = Array.from({ length: 8 }, () => createImpression());
    for (const event of events) sink.record(event);
    expect(sink.stats()).toMatchObject({ produced: 8, delivered: 0, dropped: 3, pending: 5 });
    expect(dropped).toEqual(events.slice(5).map(({ uuid }) => `${uuid} queue-full`));
    collector.lab.faults.clear();
    await sink.flush({ timeoutMs: 15_000 });
    expect(collector.uuids()).toEqual(events.slice(0, 5).map(({ uuid }) => uuid));
    expect(codes().filter((code) => code === 'event-queue-full')).toHaveLength(1);
    recordSome(sink, 6);
    expect(sink.stats()).toMatchObject({ produced: 14, dropped: 4 });
    expect(codes().filter((code) => code === 'event-queue-full')).toHaveLength(2);
  });

  test('is full by bytes too', () => {
    const { sink } = attachSink({ maxQueueBytes: 100_000, fetch: () => new Promise(() => undefined) });
    for (let i = 0; i < 20; i += 1) sink.record(createImpression({ attributes: { plan: 'x'.repeat(10_000) } }));
    const { pending, dropped } = sink.stats();
    expect(pending).toBeGreaterThan(5);
    expect(pending).toBeLessThan(10);
    expect(pending + dropped).toBe(20);
  });

  test('[EVT-03] in any order of recording, answers and time nothing is unaccounted for, and the collector agrees', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('record' as const), count: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ do: fc.constant('answer' as const), status: fc.constantFrom(204, 204, 204, 500, 400, 413, 0) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 70_000 }) }),
      fc.record({ do: fc.constant('flush' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        vi.useFakeTimers();
        const arrived: string[] = [];
        let status = 204;
        const fetch = async (_url: unknown, init?: RequestInit) => {
          if (status === 0) throw new TypeError('connection reset');
          if (status === 204) {
            for (const visitor of JSON.parse(String(init?.body)).visitors) {
              arrived.push(visitor.snapshots[0].events[0].uuid);
            }
          }
          return new Response(null, { status });
        };
        const options: BatchEventsOptions = { fetch, maxQueueSize: 40, batchSize: 7 };
        const { sink } = attachSink(options);
        for (const each of steps) {
          if (each.do === 'record') recordSome(sink, each.count);
          else if (each.do === 'answer') status = each.status;
          else if (each.do === 'wait') await vi.advanceTimersByTimeAsync(each.ms);
          else void sink.flush({ timeoutMs: 1_000 });
          const { produced, delivered, dropped, pending } = sink.stats();
          expect(delivered + dropped + pending).toBe(produced);
          expect(pending).toBeLessThanOrEqual(40);
        }
        status = 204;
        await vi.advanceTimersByTimeAsync(120_000);
        const closed = sink.close();
        await vi.advanceTimersByTimeAsync(6_000);
        const { delivered, dropped, pending } = await closed;
        expect(pending).toBe(0);
        expect(delivered + dropped).toBe(sink.stats().produced);
        expect(new Set(arrived).size).toBe(delivered);
        expect(arrived).toHaveLength(delivered);
        vi.useRealTimers();
      }),
      { numRuns: 60 },
    );
  });
});

describe('[EVT-04] an event that may have arrived already', () => {
  test('is sent again with the same id when its connection is reset after the collector has kept it', async () => {
    const collector = await startCollector();
    collector.lab.faults.set('events', { kind: 'commit-then-reset', times: 1 });
    const { sink } = attachSink({ endpoint: collector.endpoint });
    const uuids = recordSome(sink, 5);
    expect(await sink.flush({ timeoutMs: 15_000 })).toEqual({ delivered: 5, dropped: 0, pending: 0 });
    expect(collector.uuids()).toEqual(uuids);
    expect(collector.lab.events.counts).toEqual({ received: 10, unique: 5, duplicates: 5 });
  });

  test('is sent again with the same id when the time for the answer is over', async () => {
    const collector = await startCollector();
    let isFirst = true;
    const { sink } = attachSink({
      endpoint: collector.endpoint,
      requestTimeoutMs: 1_000,
      fetch: async (url, init) => {
        const isSilent = isFirst;
        isFirst = false;
        const response = await fetch(url, { ...init, signal: null });
        return isSilent ? new Promise<Response>(() => undefined) : response;
      },
    });
    const uuids = recordSome(sink, 4);
    expect(await sink.flush({ timeoutMs: 15_000 })).toEqual({ delivered: 4, dropped: 0, pending: 0 });
    expect(collector.uuids()).toEqual(uuids);
    expect(collector.lab.events.counts.unique).toBe(4);
    expect(collector.lab.events.counts.duplicates).toBeGreaterThanOrEqual(4);
  });
});

/** A collector in virtual time, which keeps what `answer` accepts. */
function createSlowCollector(roundTripMs: number, answer: (uuids: readonly string[]) => number = () => 204) {
  const arrived = new Map<string, number>();
  const seen = { open: 0, mostOpen: 0, largest: 0 };
  const fetch = async (_url: unknown, init?: RequestInit) => {
    const uuids: string[] = JSON.parse(String(init?.body)).visitors.map(
      (visitor: { snapshots: { events: { uuid: string }[] }[] }) => visitor.snapshots[0]?.events[0]?.uuid,
    );
    seen.open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, seen.open);
    seen.largest = Math.max(seen.largest, uuids.length);
    await new Promise((resolve) => setTimeout(resolve, roundTripMs));
    seen.open -= 1;
    const status = answer(uuids);
    if (status === 204) for (const uuid of uuids) arrived.set(uuid, (arrived.get(uuid) ?? 0) + 1);
    return new Response(null, { status });
  };
  return { fetch, arrived, seen };
}

/** Records `perSecond` events for some seconds of virtual time. */
async function recordFor(
  sink: Parameters<typeof recordSome>[0],
  seconds: number,
  perSecond: number,
): Promise<string[]> {
  const uuids: string[] = [];
  for (let tick = 0; tick < seconds * 100; tick += 1) {
    uuids.push(...recordSome(sink, perSecond / 100));
    await vi.advanceTimersByTimeAsync(10);
  }
  return uuids;
}

describe('[EVT-15] a healthy collector', () => {
  test.each([
    [2_000, 150],
    [500, 1_000],
    [500, 150],
    [2_000, 1],
    [2_000, 2_000],
  ])('gets %i events per second at %i ms per answer, and nothing is left', async (perSecond, roundTripMs) => {
    vi.useFakeTimers();
    const { fetch, arrived, seen } = createSlowCollector(roundTripMs);
    const { sink, codes } = attachSink({ fetch });
    const uuids = await recordFor(sink, 20, perSecond);
    expect(sink.stats().pending).toBeLessThan(2 * perSecond * (roundTripMs / 1_000) + 1_000);
    const flushed = sink.flush({ timeoutMs: 10_000 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await flushed).toEqual({ delivered: uuids.length, dropped: 0, pending: 0 });
    expect(arrived.size).toBe(uuids.length);
    expect(codes()).toEqual([]);
    expect(seen.mostOpen).toBeLessThanOrEqual(8);
    expect(seen.largest).toBeLessThanOrEqual(1_000);
  });

  test('gets a burst of ten thousand', async () => {
    vi.useFakeTimers();
    const { fetch, arrived } = createSlowCollector(150);
    const { sink, codes } = attachSink({ fetch });
    recordSome(sink, 10_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(arrived.size).toBe(10_000);
    expect(sink.stats()).toMatchObject({ delivered: 10_000, dropped: 0, pending: 0 });
    expect(codes()).toEqual([]);
  });

  test('gets one request of batchSize at a time as long as little is waiting', async () => {
    vi.useFakeTimers();
    const { fetch, seen } = createSlowCollector(20);
    const { sink } = attachSink({ fetch });
    await recordFor(sink, 2, 200);
    expect(seen).toMatchObject({ largest: 10, mostOpen: 1 });
  });
});

test('[EVT-15] that cannot keep up drops the newest, and one warning says so', async () => {
  vi.useFakeTimers();
  const { fetch } = createSlowCollector(2_000, (uuids) => (uuids.length > 10 ? 413 : 204));
  const { sink, codes } = attachSink({ fetch });
  const uuids = await recordFor(sink, 30, 2_000);
  const { dropped, delivered, pending } = sink.stats();
  expect(dropped).toBeGreaterThan(1_000);
  expect(dropped + delivered + pending).toBe(uuids.length);
  expect(codes()).toEqual(['event-queue-full']);
});

describe('[EVT-16] an event that the collector never takes', () => {
  test.each([500, 503, 400])(
    '(%i) is set aside: all others arrive, and it alone is given up, counted and told',
    async (status) => {
      vi.useFakeTimers();
      const poison = new Set<string>();
      const dropped: string[] = [];
      const { fetch, arrived } = createSlowCollector(20, (uuids) =>
        uuids.some((uuid) => poison.has(uuid)) ? status : 204,
      );
      const { sink, codes } = attachSink({
        fetch,
        onDrop: ({ uuid, reason }) => dropped.push(`${uuid} ${reason}`),
      });
      const uuids = await recordFor(sink, 1, 100);
      const event = createImpression();
      poison.add(event.uuid);
      sink.record(event);
      uuids.push(...(await recordFor(sink, 40, 100)));
      expect(arrived.size).toBeGreaterThan(uuids.length - 200);
      await vi.advanceTimersByTimeAsync(1_200_000);
      expect([...arrived.keys()].sort()).toEqual(uuids.sort());
      expect(new Set(arrived.values())).toEqual(new Set([1]));
      expect(dropped).toEqual([`${event.uuid} refused`]);
      expect(codes()).toEqual(['events-delayed', 'events-refused']);
    },
  );

  test('does not hold up the few others of its batch when nothing else is recorded', async () => {
    vi.useFakeTimers();
    const events = Array.from({ length: 10 }, () => createImpression());
    const poison = events[3]?.uuid ?? '';
    const { fetch, arrived } = createSlowCollector(20, (uuids) => (uuids.includes(poison) ? 500 : 204));
    const { sink } = attachSink({ fetch });
    for (const event of events) sink.record(event);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(arrived.size).toBe(9);
    await vi.advanceTimersByTimeAsync(1_200_000);
    expect(sink.stats()).toMatchObject({ delivered: 9, dropped: 1, pending: 0 });
  });

  test.each([10, 25])('several at once, one in %i', async (each) => {
    vi.useFakeTimers();
    const poison = new Set<string>();
    const { fetch, arrived } = createSlowCollector(20, (uuids) => (uuids.some((uuid) => poison.has(uuid)) ? 500 : 204));
    const { sink } = attachSink({ fetch });
    for (let made = 0; made < 2_000; made += 1) {
      const event = createImpression();
      if (made % each === 0) poison.add(event.uuid);
      sink.record(event);
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(1_800_000);
    expect(arrived.size).toBe(2_000 - poison.size);
    expect(sink.stats()).toMatchObject({ dropped: poison.size, pending: 0 });
  });
});

describe('[EVT-17] a collector that takes at most 50 events per request', () => {
  test.each([413, 400, 500])('and says so with %i gets everything after an outage', async (status) => {
    vi.useFakeTimers();
    let isDown = true;
    const { fetch, arrived } = createSlowCollector(20, (uuids) => (isDown ? 503 : uuids.length > 50 ? status : 204));
    const { sink } = attachSink({ fetch });
    const uuids = await recordFor(sink, 3, 500);
    isDown = false;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(arrived.size).toBe(uuids.length);
    expect(sink.stats()).toMatchObject({ dropped: 0, pending: 0 });
  });
});

test('[EVT-15] a collector that fails three times out of ten loses nothing at 500 events per second', async () => {
  vi.useFakeTimers();
  let calls = 0;
  const { fetch, arrived } = createSlowCollector(150, () => {
    calls += 1;
    return (calls * 7) % 10 < 3 ? 503 : 204;
  });
  const { sink } = attachSink({ fetch });
  const uuids = await recordFor(sink, 60, 500);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(arrived.size).toBe(uuids.length);
  expect(sink.stats()).toMatchObject({ dropped: 0, pending: 0 });
});

test('[EVT-15] what piled up in an outage is caught up with in larger requests', async () => {
  const collector = await startCollector();
  collector.lab.faults.set('events', { kind: 'status', status: 503, times: 1 });
  const { sink } = attachSink({ endpoint: collector.endpoint, batchSize: 5 });
  recordSome(sink, 200);
  expect(await sink.flush({ timeoutMs: 15_000 })).toEqual({ delivered: 200, dropped: 0, pending: 0 });
  expect(Math.max(...collector.batchSizes())).toBeGreaterThan(10);
});

describe('[EVT-05] closing', () => {
  test('sends what is queued and in flight, and reports it', async () => {
    const collector = await startCollector();
    collector.lab.faults.set('events', { kind: 'latency', ms: 30 });
    const { sink } = attachSink({ endpoint: collector.endpoint });
    recordSome(sink, 25);
    expect(await sink.close()).toEqual({ delivered: 25, dropped: 0, pending: 0 });
    expect(collector.store.events.size).toBe(25);
  });

  test.each([0, 300])(
    'at an endpoint that hangs is over after its %i ms and reports what is left',
    async (timeoutMs) => {
      const collector = await startCollector();
      collector.lab.faults.set('events', { kind: 'hang' });
      const { sink } = attachSink({ endpoint: collector.endpoint });
      recordSome(sink, 12);
      const before = Date.now();
      expect(await sink.close({ timeoutMs })).toEqual({ delivered: 0, dropped: 0, pending: 12 });
      expect(Date.now() - before).toBeLessThan(timeoutMs + 5_000);
    },
  );

  test('[EVT-06] with null in place of options takes the default, and rejects no more than without', async () => {
    const { sink } = attachSink({ fetch: async () => new Response(null, { status: 204 }) });
    recordSome(sink, 2);
    const delivered = { delivered: 2, dropped: 0, pending: 0 };
    for (const options of [null, { timeoutMs: null }, {}])
      expect(await sink.flush(options as never)).toEqual(delivered);
    expect(await sink.close(null as never)).toEqual(delivered);
  });

  test('[EVT-06] twice or at once is the same promise, and without any event it is done at once', async () => {
    const { sink } = attachSink({});
    const first = sink.close();
    expect(sink.close({ timeoutMs: 1 })).toBe(first);
    expect(await first).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(await sink.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
  });

  test('[EVT-07] is the end: events that come later are dropped, counted and told once', async () => {
    const collector = await startCollector();
    const { sink, codes } = attachSink({ endpoint: collector.endpoint, batchSize: 1 });
    await sink.close();
    recordSome(sink, 3);
    expect(await sink.flush()).toEqual({ delivered: 0, dropped: 3, pending: 0 });
    expect(codes()).toEqual(['events-closed']);
    expect(collector.store.events.size).toBe(0);
  });
});

describe('[EVT-10] a connection that died while the process slept', () => {
  test('costs one repetition and no event', async () => {
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint });
    const uuids = recordSome(sink, 1);
    await sink.flush();
    collector.lab.faults.set('events', { kind: 'reset', times: 1 });
    uuids.push(...recordSome(sink, 1));
    expect(await sink.flush({ timeoutMs: 15_000 })).toEqual({ delivered: 2, dropped: 0, pending: 0 });
    expect(collector.uuids()).toEqual(uuids);
  });

  test('a request that died with whoever started it gives its place back', async () => {
    vi.useFakeTimers();
    let calls = 0;
    const realSetTimeout = globalThis.setTimeout;
    const fetch = (): Promise<Response> => {
      calls += 1;
      return calls <= 2 ? new Promise(() => undefined) : Promise.resolve(new Response(null, { status: 204 }));
    };
    const { sink } = attachSink({ fetch, batchSize: 1, requestTimeoutMs: 1_000 });
    // The runtime forgets the timers of the dead request as well.
    globalThis.setTimeout = (() => 0) as never;
    recordSome(sink, 2);
    globalThis.setTimeout = realSetTimeout;
    await vi.advanceTimersByTimeAsync(10_000);
    recordSome(sink, 1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sink.stats()).toMatchObject({ delivered: 3, pending: 0, retries: 2 });
  });
});

describe('[EVT-11] a custom fetch', () => {
  test.each<[string, typeof fetch]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['answers undefined', () => undefined as never],
    ['resolves to undefined', async () => undefined as never],
    ['resolves to a thing without a status', async () => ({}) as never],
    ['rejects with undefined', () => Promise.reject(undefined)],
    ['resolves to a failure without headers', async () => ({ status: 500 }) as never],
    ['resolves to a failure with headers that are a record', async () => ({ status: 429, headers: {} }) as never],
    ['resolves to a failure with odd headers', async () => ({ status: 429, headers: { get: () => 5 } }) as never],
    ['never settles', () => new Promise(() => undefined)],
  ])('that %s costs no event and no exception', async (_, broken) => {
    const collector = await startCollector();
    let calls = 0;
    const { sink } = attachSink({
      endpoint: collector.endpoint,
      requestTimeoutMs: 200,
      fetch: (url, init) => {
        calls += 1;
        return calls === 1 ? broken(url, init) : fetch(url, init);
      },
    });
    const uuids = recordSome(sink, 3);
    expect(await sink.flush({ timeoutMs: 15_000 })).toEqual({ delivered: 3, dropped: 0, pending: 0 });
    expect(collector.uuids()).toEqual(uuids);
  });

  test('that resolves twice counts once', async () => {
    const { sink } = attachSink({
      fetch: () =>
        new Promise((resolve) => {
          resolve(new Response(null, { status: 204 }));
          resolve(new Response(null, { status: 500 }));
        }),
    });
    recordSome(sink, 2);
    expect(await sink.flush()).toEqual({ delivered: 2, dropped: 0, pending: 0 });
  });

  test('that answers with a status and nothing else has delivered', async () => {
    const { sink } = attachSink({ fetch: async () => ({ status: 204, body: 'odd' }) as never });
    recordSome(sink, 2);
    expect(await sink.flush()).toEqual({ delivered: 2, dropped: 0, pending: 0 });
  });
});

test('[EVT-13] the timestamp is the one the event was recorded with, whatever the clock does later', async () => {
  const collector = await startCollector();
  const { sink } = attachSink({ endpoint: collector.endpoint });
  const timestamps = [4_102_444_800_000, 0, 1_700_000_000_001];
  for (const timestamp of timestamps) sink.record(createConversion({ timestamp }));
  await sink.flush();
  expect([...collector.store.events.values()].map((event) => event.timestamp)).toEqual(timestamps);
});

test('a store that is slow to tell what was left is asked again all the same, one question at a time', async () => {
  vi.useFakeTimers();
  let asked = 0;
  let most = 0;
  let open = 0;
  const store = keepEvents({
    add: () => undefined,
    remove: () => undefined,
    async takeLeft() {
      asked += 1;
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 30_000));
      open -= 1;
      return { events: [], more: false, lost: 0 };
    },
  });
  attachSink({ store, fetch: () => Promise.reject(new Error('nothing may be sent')) });
  await vi.advanceTimersByTimeAsync(150_000);
  expect(asked).toBeGreaterThanOrEqual(3);
  expect(most).toBe(1);
});

test('work is handed to waitUntil, and done when it says so', async () => {
  const collector = await startCollector();
  const handed: Promise<unknown>[] = [];
  const { sink } = attachSink({ endpoint: collector.endpoint }, { waitUntil: (work) => void handed.push(work) });
  recordSome(sink, 3);
  expect(handed).toHaveLength(1);
  await handed[0];
  expect(collector.store.events.size).toBe(3);
  recordSome(sink, 1);
  expect(handed).toHaveLength(2);
  await until(() => collector.store.events.size === 4);
});
