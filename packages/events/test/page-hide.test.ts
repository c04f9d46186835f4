import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { attachSink, startCollector, until } from './collector.ts';
import { createImpression } from './recorded-events.ts';

/** A page as far as delivery looks at it. */
const page = new (class extends EventTarget {
  readonly document = Object.assign(new EventTarget(), { visibilityState: 'visible' });

  hide(): void {
    this.document.visibilityState = 'hidden';
    this.document.dispatchEvent(new Event('visibilitychange'));
  }

  show(): void {
    this.document.visibilityState = 'visible';
    this.document.dispatchEvent(new Event('visibilitychange'));
  }

  leave(): void {
    this.dispatchEvent(new Event('pagehide'));
  }
})();

let beacons: { readonly url: string; readonly body: string; readonly type: string }[] = [];
let takesBeacon: ((body: string) => boolean) | undefined;

beforeEach(() => {
  beacons = [];
  takesBeacon = () => true;
  page.document.visibilityState = 'visible';
  vi.stubGlobal('document', page.document);
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  vi.stubGlobal('navigator', {
    get sendBeacon() {
      if (takesBeacon === undefined) return undefined;
      return (url: string, blob: Blob) => {
        const body = bodyOf(blob);
        if (!takesBeacon?.(body)) return false;
        beacons.push({ url, body, type: blob.type });
        return true;
      };
    },
  });
  const { Blob: RealBlob } = globalThis;
  vi.stubGlobal(
    'Blob',
    class extends RealBlob {
      readonly text_: string;
      constructor(parts: string[], options: BlobPropertyBag) {
        super(parts, options);
        this.text_ = parts.join('');
      }
    },
  );
});
afterEach(() => void vi.unstubAllGlobals());

/** A blob can be read only later, and a test wants to know now. */
function bodyOf(blob: Blob): string {
  return (blob as Blob & { readonly text_: string }).text_;
}

function sentUuids(): string[] {
  return beacons
    .flatMap(({ body }) => JSON.parse(body).visitors)
    .map((visitor) => visitor.snapshots[0].events[0].uuid as string)
    .sort();
}

const never: typeof fetch = () => Promise.reject(new Error('nothing may be fetched'));

describe('[EVT-09] a page that is hidden', () => {
  test('hands everything to the browser, once for both signals, and goes on when it comes back', async () => {
    const { sink } = attachSink({ endpoint: 'https://collector.example/v1/events', fetch: never });
    const uuids = Array.from({ length: 3 }, () => createImpression()).map((event) => {
      sink.record(event);
      return event.uuid;
    });
    page.hide();
    page.leave();
    expect(beacons.map(({ url, type }) => [url, type])).toEqual([
      ['https://collector.example/v1/events', 'application/json'],
    ]);
    expect(sentUuids()).toEqual(uuids);
    expect(sink.stats()).toMatchObject({ delivered: 3, pending: 0 });
    page.show();
    const later = createImpression();
    sink.record(later);
    page.hide();
    expect(sentUuids()).toEqual([...uuids, later.uuid]);
    await sink.close();
  });

  test('hands over pieces of at most 60 KiB', () => {
    const { sink } = attachSink({ fetch: never, batchSize: 1_000 });
    const uuids = Array.from({ length: 200 }, () => createImpression({ attributes: { plan: 'ü'.repeat(500) } })).map(
      (event) => {
        sink.record(event);
        return event.uuid;
      },
    );
    page.leave();
    expect(sentUuids()).toEqual(uuids);
    expect(beacons.length).toBeGreaterThan(3);
    for (const { body } of beacons) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(61_440);
  });

  test.each<[string, ((body: string) => boolean) | undefined]>([
    ['refuses them', () => false],
    [
      'throws',
      () => {
        throw new Error('blocked');
      },
    ],
    ['has no beacons', undefined],
  ])('sends a request that outlives it when the browser %s, and keeps the rest', async (_, takes) => {
    takesBeacon = takes;
    const collector = await startCollector();
    const requests: (boolean | undefined)[] = [];
    const { sink } = attachSink({
      endpoint: collector.endpoint,
      batchSize: 2,
      fetch: (url, init) => {
        requests.push(init?.keepalive);
        return fetch(url, { ...init, keepalive: false });
      },
    });
    const events = Array.from({ length: 5 }, () => createImpression());
    for (const event of events) sink.record(event);
    page.hide();
    page.leave();
    await sink.close();
    expect(requests).toContain(true);
    expect(collector.uuids()).toEqual(events.map(({ uuid }) => uuid));
    expect(collector.lab.events.counts.duplicates).toBe(0);
  });

  test('stops at the first piece the browser does not take; nothing is lost or sent twice', async () => {
    let room = 70_000;
    takesBeacon = (body) => {
      room -= body.length;
      return room >= 0;
    };
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint, batchSize: 1_000 });
    const events = Array.from({ length: 200 }, () => createImpression({ attributes: { plan: 'p'.repeat(500) } }));
    for (const event of events) sink.record(event);
    page.leave();
    await sink.close();
    const all = [...sentUuids(), ...collector.uuids()].sort();
    expect(all).toEqual(events.map(({ uuid }) => uuid));
    expect(beacons).toHaveLength(1);
  });

  test('sets an event aside that is too large for any beacon', async () => {
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint });
    const large = createImpression({ userId: 'u'.repeat(70_000) });
    const small = createImpression();
    sink.record(large);
    sink.record(small);
    page.hide();
    expect(sentUuids()).toEqual([small.uuid]);
    expect(sink.stats()).toMatchObject({ delivered: 1, pending: 1 });
    await sink.close();
    expect(collector.uuids()).toEqual([large.uuid]);
  });

  test('leaves requests alone that are under way', async () => {
    const collector = await startCollector();
    collector.lab.faults.set('events', { kind: 'latency', ms: 50 });
    const { sink } = attachSink({ endpoint: collector.endpoint, batchSize: 1 });
    sink.record(createImpression());
    page.hide();
    expect(beacons).toEqual([]);
    await until(() => collector.store.events.size === 1);
    await sink.close();
    expect(collector.lab.events.counts.received).toBe(1);
  });
});

test('after close, and without any event, a page is not listened to', async () => {
  const { sink } = attachSink({ fetch: never });
  const added = vi.spyOn(page.document, 'addEventListener');
  const removed = vi.spyOn(page.document, 'removeEventListener');
  expect(added).not.toHaveBeenCalled();
  sink.record(createImpression());
  expect(added).toHaveBeenCalledTimes(1);
  page.hide();
  await sink.close();
  expect(removed).toHaveBeenCalledTimes(1);
});
