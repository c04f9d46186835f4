/** A store that must not lose, stop or end anything, whatever it does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { keepEvents } from '../src/index.ts';
import { createFileEventStore } from '../src/node/index.ts';
import { attachSink } from './collector.ts';
import { createImpression } from './recorded-events.ts';

afterEach(() => void vi.useRealTimers());

function temporaryStore() {
  const directory = mkdtempSync(join(tmpdir(), 'sortition-kept-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return createFileEventStore({ directory });
}

test('[EVT-22] fifteen thousand events of an outage wait in the store where memory has no room, and all arrive', async () => {
  vi.useFakeTimers();
  const arrived = new Map<string, number>();
  let isDown = true;
  const { sink, codes } = attachSink({
    store: temporaryStore(),
    fetch: async (_url, init) => {
      if (isDown) throw new TypeError('connection refused');
      for (const visitor of JSON.parse(String(init?.body)).visitors) {
        const { uuid } = visitor.snapshots[0].events[0];
        arrived.set(uuid, (arrived.get(uuid) ?? 0) + 1);
      }
      return new Response(null, { status: 204 });
    },
  });
  const uuids: string[] = [];
  for (let made = 0; made < 15_000; made += 1) {
    const event = createImpression();
    uuids.push(event.uuid);
    sink.record(event);
  }
  await vi.advanceTimersByTimeAsync(30_000);
  expect(sink.stats()).toMatchObject({ produced: 15_000, dropped: 0, pending: 15_000 });
  isDown = false;
  await vi.advanceTimersByTimeAsync(120_000);
  expect([...arrived.keys()].sort()).toEqual(uuids.sort());
  expect(new Set(arrived.values())).toEqual(new Set([1]));
  expect(sink.stats()).toMatchObject({ delivered: 15_000, dropped: 0, pending: 0 });
  expect(codes()).toEqual(['events-delayed']);
});

test('[EVT-22] what waits in the store alone is found by the next process', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sortition-kept-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const arrived = new Set<string>();
  const refusing = attachSink({
    maxQueueSize: 3,
    store: createFileEventStore({ directory }),
    fetch: () => Promise.reject(new TypeError('connection refused')),
  });
  const uuids = Array.from({ length: 10 }, () => createImpression()).map((event) => {
    refusing.sink.record(event);
    return event.uuid;
  });
  expect(await refusing.sink.close({ timeoutMs: 0 })).toEqual({ delivered: 0, dropped: 0, pending: 10 });
  const next = attachSink({
    store: createFileEventStore({ directory }),
    fetch: async (_url, init) => {
      for (const { snapshots } of JSON.parse(String(init?.body)).visitors) arrived.add(snapshots[0].events[0].uuid);
      return new Response(null, { status: 204 });
    },
  });
  await expect.poll(() => arrived.size, { timeout: 20_000 }).toBe(10);
  expect([...arrived].sort()).toEqual(uuids.sort());
  await next.sink.close();
});

test('[EVT-22] an event that the store cannot keep either is dropped, counted and told', async () => {
  const dropped: string[] = [];
  const { sink, codes } = attachSink({
    maxQueueSize: 2,
    fetch: () => new Promise(() => undefined),
    onDrop: ({ reason }) => dropped.push(reason),
    store: keepEvents({
      add: async () => {
        throw new Error('the disk is full');
      },
      remove: () => undefined,
      takeLeft: () => ({ events: [], more: false, lost: 0 }),
      readBack: () => [],
    }),
  });
  for (let i = 0; i < 5; i += 1) sink.record(createImpression());
  await expect.poll(() => dropped).toEqual(['queue-full', 'queue-full', 'queue-full']);
  expect(sink.stats()).toMatchObject({ produced: 5, dropped: 3, pending: 2 });
  expect(codes().sort()).toEqual(['event-queue-full', 'event-store']);
});

test('[EVT-19] a store that answers a context that is not JSON does not stop the sink from taking over', async () => {
  vi.useFakeTimers();
  const circular: Record<string, unknown> = { region: 'US', envelope: {} };
  circular.self = circular;
  const good = { region: 'US', botFiltering: null, envelope: { revision: '7' } };
  let asked = 0;
  const bodies: string[] = [];
  const { sink, codes } = attachSink({
    store: keepEvents({
      add: () => undefined,
      remove: () => undefined,
      takeLeft: async () => {
        asked += 1;
        const event = { uuid: `u${asked}`, storedAt: Date.now(), visitor: `{"n":${asked}}` };
        return { events: [{ ...event, context: asked === 1 ? circular : good }] as never, more: asked < 3, lost: 0 };
      },
    }),
    fetch: async (_url, init) => {
      bodies.push(String(init?.body));
      return new Response(null, { status: 204 });
    },
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBeGreaterThan(1);
  expect(bodies[0]).toContain('{"n":2}');
  expect(codes()).toContain('stored-events-lost');
  const { recovered, delivered, pending, dropped } = sink.stats();
  expect(delivered + pending + dropped).toBe(recovered);
});

test('[EVT-19] a store whose every method rejects costs no event of the queue', async () => {
  const reject = async () => {
    throw new Error('broken');
  };
  const { sink, codes } = attachSink({
    store: keepEvents({ add: reject, remove: reject, takeLeft: reject, readBack: reject, close: reject }),
    fetch: async () => new Response(null, { status: 204 }),
  });
  for (let i = 0; i < 3; i += 1) sink.record(createImpression());
  expect(await sink.close()).toEqual({ delivered: 3, dropped: 0, pending: 0 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(codes()).toEqual(['event-store']);
});

test.each([undefined, {}, { add: 1, remove: 1, takeLeft: 1 }])(
  'a store that lacks a method is refused: %j',
  (store) => {
    expect(() => keepEvents(store as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  },
);
