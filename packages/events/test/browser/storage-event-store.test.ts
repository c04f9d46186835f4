import type { KeyValueStorage } from '@sortition/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createStorageEventStore, type StorageEventStoreOptions } from '../../src/browser/index.ts';
import { attachSink, startCollector, until } from '../collector.ts';
import { createImpression } from '../recorded-events.ts';

afterEach(() => void vi.unstubAllGlobals());

/** A storage as localStorage is, or as AsyncStorage is. */
function createStorage(kind: 'sync' | 'async'): KeyValueStorage & { readonly items: Map<string, string> } {
  const items = new Map<string, string>();
  const answer = <T>(value: T): T | Promise<T> => (kind === 'sync' ? value : Promise.resolve(value));
  return {
    items,
    getItem: (key) => answer(items.get(key) ?? null),
    setItem: (key, value) => answer(void items.set(key, value)),
    removeItem: (key) => answer(void items.delete(key)),
  };
}

describe.each(['sync', 'async'] as const)('over %s storage', (kind) => {
  test('events of a page that died are sent by the next one after the lease', async () => {
    const storage = createStorage(kind);
    // A page that died renews no lease.
    let alive = true;
    const untilDeath = {
      getItem: (key: string) => storage.getItem(key),
      setItem: (key: string, value: string) => (alive ? storage.setItem(key, value) : undefined),
      removeItem: (key: string) => (alive ? storage.removeItem(key) : undefined),
    };
    const collector = await startCollector();
    collector.lab.faults.set('events', { kind: 'hang' });
    const died = attachSink({
      endpoint: collector.endpoint,
      store: createStorageEventStore({ storage: untilDeath }),
    });
    const events = Array.from({ length: 12 }, () => createImpression());
    for (const event of events) died.sink.record(event);
    await until(() => storage.items.size === 1);
    alive = false;
    collector.lab.faults.clear();
    const tooSoon = createStorageEventStore({ storage });
    expect((await tooSoon.takeLeft(100)).events).toEqual([]);
    const slot = [...storage.items][0] ?? ['', ''];
    storage.items.set(slot[0], slot[1].replace(/"until":\d+/, '"until":1'));
    const next = attachSink({ endpoint: collector.endpoint, store: createStorageEventStore({ storage }) });
    await until(() => next.sink.stats().delivered === 12);
    expect(collector.uuids()).toEqual(events.map(({ uuid }) => uuid));
    expect(next.sink.stats()).toMatchObject({ recovered: 12, pending: 0 });
    await until(() => storage.items.size === 0);
  });

  test('an event that two pages left behind is answered once, takes the room of one, and gives it back', async () => {
    const storage = createStorage(kind);
    const context = { region: 'US', botFiltering: null, envelope: {} } as never;
    const event = { uuid: 'u', storedAt: Date.now(), context, visitor: '{"a":1}' };
    for (const slot of [0, 1]) {
      storage.items.set(`sortition:events:${slot}`, JSON.stringify({ owner: 'gone', until: 1, events: [event] }));
    }
    const store = createStorageEventStore({ storage, maxChars: event.visitor.length });
    expect(await store.takeLeft(10)).toEqual({ events: [event], more: false, lost: 0 });
    await store.remove(['u']);
    await store.add({ ...event, uuid: 'next' });
    expect([...storage.items.values()].join()).toContain('next');
  });

  test('what a page left is answered also when the storage could not be written at first', async () => {
    const storage = createStorage(kind);
    const context = { region: 'US', botFiltering: null, envelope: {} } as never;
    const event = { uuid: 'u', storedAt: Date.now(), context, visitor: '{"a":1}' };
    storage.items.set('sortition:events:0', JSON.stringify({ owner: 'gone', until: 1, events: [event] }));
    let isFull = true;
    const setItem = (key: string, text: string) => {
      if (isFull) throw new DOMException('full', 'QuotaExceededError');
      return storage.setItem(key, text);
    };
    const store = createStorageEventStore({ storage: { ...storage, setItem } });
    await expect(store.takeLeft(10)).rejects.toThrow('full');
    isFull = false;
    expect((await store.takeLeft(10)).events).toEqual([event]);
  });

  test('what a page left is not answered twice when the storage is full for a while', async () => {
    const storage = createStorage(kind);
    const context = { region: 'US', botFiltering: null, envelope: {} } as never;
    const events = ['u', 'v', 'w'].map((uuid) => ({ uuid, storedAt: Date.now(), context, visitor: '{"a":1}' }));
    storage.items.set('sortition:events:0', JSON.stringify({ owner: 'gone', until: 1, events }));
    let isFull = true;
    const setItem = (key: string, text: string) => {
      if (isFull) throw new DOMException('full', 'QuotaExceededError');
      return storage.setItem(key, text);
    };
    const store = createStorageEventStore({ storage: { ...storage, setItem } });
    for (let attempt = 0; attempt < 2; attempt += 1) await expect(store.takeLeft(2)).rejects.toThrow();
    isFull = false;
    const taken: string[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1)
      taken.push(...(await store.takeLeft(2)).events.map(({ uuid }) => uuid));
    expect(taken).toEqual(['u', 'v', 'w']);
  });

  test('[EVT-24] a lease until 2050, of a page whose clock was wrong, holds up nothing: its events are sent', async () => {
    const storage = createStorage(kind);
    const silent = attachSink({
      fetch: () => new Promise(() => undefined),
      store: createStorageEventStore({ storage: { ...storage, removeItem: () => undefined } }),
    });
    const event = createImpression();
    silent.sink.record(event);
    await until(() => storage.items.size === 1);
    const [key, text] = [...storage.items][0] ?? ['', ''];
    storage.items.set(key, text.replace(/"until":\d+/, `"until":${Date.UTC(2050, 0, 1)}`));
    const collector = await startCollector();
    const next = attachSink({ endpoint: collector.endpoint, store: createStorageEventStore({ storage }) });
    await until(() => next.sink.stats().recovered === 1);
    await next.sink.flush({ timeoutMs: 15_000 });
    expect(collector.uuids()).toEqual([event.uuid]);
  });

  test('a page that closes its sink leaves the rest to others at once', async () => {
    const storage = createStorage(kind);
    const { sink } = attachSink({
      fetch: () => new Promise(() => undefined),
      store: createStorageEventStore({ storage }),
    });
    const event = createImpression();
    sink.record(event);
    await sink.close({ timeoutMs: 10 });
    const next = createStorageEventStore({ storage });
    const left = async () => (await next.takeLeft(10)).events.map(({ uuid }) => uuid);
    await expect.poll(left).toEqual([event.uuid]);
  });

  test('several pages keep their events apart', async () => {
    const storage = createStorage(kind);
    const sinks = Array.from({ length: 3 }, () =>
      attachSink({ fetch: () => new Promise(() => undefined), store: createStorageEventStore({ storage }) }),
    );
    for (const { sink } of sinks) {
      sink.record(createImpression());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await until(() => storage.items.size === 3);
  });

  test('storage that is full or broken costs a problem and no event', async () => {
    const storage = createStorage(kind);
    storage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const collector = await startCollector();
    const { sink, codes } = attachSink({ endpoint: collector.endpoint, store: createStorageEventStore({ storage }) });
    sink.record(createImpression());
    sink.record(createImpression());
    expect(await sink.close()).toEqual({ delivered: 2, dropped: 0, pending: 0 });
    expect(codes()).toEqual(['event-store']);
  });
});

test.each([
  ['no JSON', '{"owner":"x","until":1,"events":['],
  ['no slot', '[]'],
  ['events of another shape', '{"owner":"x","until":1,"events":[{"uuid":1},null,"x"]}'],
])('a slot that holds %s is cleared and counted', async (_, text) => {
  const storage = createStorage('sync');
  await storage.setItem('sortition:events:3', text);
  const store = createStorageEventStore({ storage });
  const { events, lost } = await store.takeLeft(10);
  expect(events).toEqual([]);
  expect(lost).toBeGreaterThan(0);
  expect(storage.items.size).toBe(0);
});

test('localStorage is looked for when it is needed, and its absence is a problem', async () => {
  const store = createStorageEventStore();
  const { sink, codes } = attachSink({ fetch: async () => new Response(null, { status: 204 }), store });
  sink.record(createImpression());
  await sink.close();
  expect(codes()).toEqual(['event-store']);
  const storage = createStorage('sync');
  vi.stubGlobal('localStorage', storage);
  const second = attachSink({ fetch: () => new Promise(() => undefined), store: createStorageEventStore() });
  second.sink.record(createImpression());
  await until(() => storage.items.size === 1);
});

test('options may be undefined, which is the same as leaving them out', async () => {
  const storage = createStorage('sync');
  vi.stubGlobal('localStorage', storage);
  const absent: Record<keyof StorageEventStoreOptions, undefined> = {
    storage: undefined,
    prefix: undefined,
    maxChars: undefined,
    maxAgeMs: undefined,
    leaseMs: undefined,
  };
  const { sink } = attachSink({ fetch: () => new Promise(() => undefined), store: createStorageEventStore(absent) });
  sink.record(createImpression());
  await until(() => storage.items.size === 1);
  expect([...storage.items.keys()]).toEqual(['sortition:events:0']);
});

test.each([
  null,
  5,
  { maxChars: 0 },
  { leaseMs: -1 },
  { maxAgeMs: Number.NaN },
  { storage: 5 },
  { storage: {} },
  { storage: null },
  { prefix: 5 },
])('the options %j are refused', (options) => {
  expect(() => createStorageEventStore(options as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});
