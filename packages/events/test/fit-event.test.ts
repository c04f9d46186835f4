import { describe, expect, test } from 'vitest';
import { attachSink, startCollector } from './collector.ts';
import { createConfig, createConversion, createImpression } from './recorded-events.ts';

const MIB = 'x'.repeat(1_048_576);

describe('[IN-06] values that are too large', () => {
  test('leave the event, which is then small', async () => {
    const collector = await startCollector();
    const { sink, codes } = attachSink({ endpoint: collector.endpoint });
    const attributes = { plan: MIB, age: 41, $opt_note: 'é'.repeat(40_000) };
    const tags = { note: MIB, list: Array.from({ length: 20_000 }, (_, i) => i), revenue: 5, kept: 'yes' };
    sink.record(createImpression({ attributes }));
    sink.record(createConversion({ attributes, tags }));
    await sink.close();
    const [impression, conversion] = [...collector.store.events.values()];
    expect(impression?.attributes).toEqual(new Map([['age', 41]]));
    expect(conversion?.tags).toEqual({ revenue: 5, kept: 'yes' });
    expect(conversion?.revenue).toBe(5);
    expect(largestVisitor(collector.store.batches)).toBeLessThan(1_000);
    expect(sink.stats().trimmed).toBe(6);
    expect(codes()).toEqual(['event-trimmed']);
    expect(attributes.plan).toBe(MIB);
    expect(tags.note).toBe(MIB);
  });

  test('just at the limit stay', async () => {
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint });
    sink.record(createConversion({ tags: { fits: 'x'.repeat(65_534), over: 'x'.repeat(65_535) } }));
    await sink.close();
    const [conversion] = [...collector.store.events.values()];
    expect(Object.keys(conversion?.tags ?? {})).toEqual(['fits']);
  });

  test('together, as ten thousand tags, leave in the order of their size until the event fits', async () => {
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint });
    const entries = Array.from({ length: 10_000 }, (_, i) => [
      `tag-${i}`,
      i === 77 ? 'y'.repeat(60_000) : `value ${i} ${'x'.repeat(20)}`,
    ]);
    sink.record(createConversion({ tags: Object.fromEntries(entries) }));
    await sink.close();
    expect(largestVisitor(collector.store.batches)).toBeLessThanOrEqual(262_144);
    expect(largestVisitor(collector.store.batches)).toBeGreaterThan(200_000);
    const [conversion] = [...collector.store.events.values()];
    expect(conversion?.tags).not.toHaveProperty('tag-77');
    expect(Object.keys(conversion?.tags ?? {}).length + (sink.stats().trimmed ?? 0)).toBe(10_000);
  });

  test('as attributes leave the event too', async () => {
    const collector = await startCollector();
    const config = createConfig({ attributes: Array.from({ length: 20 }, (_, i) => ({ id: `a${i}`, key: `k${i}` })) });
    const { sink } = attachSink({ endpoint: collector.endpoint });
    const attributes = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, 'z'.repeat(30_000)]));
    sink.record(createImpression({ config, attributes }));
    await sink.close();
    expect(largestVisitor(collector.store.batches)).toBeLessThanOrEqual(262_144);
    expect([...collector.store.events.values()][0]?.attributes.size).toBe(8);
  });

  test('take the event along only when it is the user id', async () => {
    const collector = await startCollector();
    const dropped: string[] = [];
    const { sink, codes } = attachSink({ endpoint: collector.endpoint, onDrop: ({ reason }) => dropped.push(reason) });
    sink.record(createImpression({ userId: MIB }));
    sink.record(createImpression({ userId: 'x'.repeat(200_000) }));
    expect(await sink.close()).toEqual({ delivered: 1, dropped: 1, pending: 0 });
    expect(dropped).toEqual(['too-large']);
    expect(codes()).toEqual(['event-too-large']);
  });
});

describe('[EVT-12] tags', () => {
  test('that are no JSON leave, and the event stays', async () => {
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint });
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const deep: unknown[] = [];
    let inner = deep;
    for (let i = 0; i < 100_000; i += 1) {
      const next: unknown[] = [];
      inner.push(next);
      inner = next;
    }
    const tags = {
      circular,
      deep,
      big: 1n,
      nested: { big: 1n },
      symbol: Symbol('s'),
      call: () => 1,
      toJSON: {
        toJSON: () => {
          throw new Error('no');
        },
      },
      date: new Date(0),
      object: { a: [1, { b: null }] },
      ['__proto__']: 'own',
      constructor: 'own too',
    };
    sink.record(createConversion({ tags }));
    await sink.close();
    const [conversion] = [...collector.store.events.values()];
    expect(JSON.stringify(conversion?.tags)).toBe(
      '{"date":"1970-01-01T00:00:00.000Z","object":{"a":[1,{"b":null}]},"__proto__":"own","constructor":"own too"}',
    );
    expect(sink.stats().trimmed).toBe(7);
  });

  test('are those of the moment: what their owner changes later is not sent', async () => {
    const collector = await startCollector();
    const { sink } = attachSink({ endpoint: collector.endpoint });
    const items = ['one'];
    sink.record(createConversion({ tags: { items } }));
    items.push('two');
    await sink.close();
    expect([...collector.store.events.values()][0]?.tags).toEqual({ items: ['one'] });
  });
});

/** Bytes of the largest visitor that arrived. */
function largestVisitor(batches: readonly { readonly raw: Uint8Array }[]): number {
  const visitors = batches.flatMap(({ raw }) => JSON.parse(new TextDecoder().decode(raw)).visitors as unknown[]);
  return Math.max(...visitors.map((visitor) => Buffer.byteLength(JSON.stringify(visitor))));
}
