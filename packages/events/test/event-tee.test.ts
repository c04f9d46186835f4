import { readFileSync } from 'node:fs';
import type { EventSink } from '@sortition/core';
import { canStartRedis, startRedisServer } from '@sortition/rig';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildEventBatch, createBatchEvents, createEventTee } from '../src/index.ts';
import { startCollector } from './collector.ts';
import { createConversion, createImpression } from './recorded-events.ts';
import { createStreamEvents } from './redis-stream-events.ts';

describe('a tee', () => {
  test.each([[undefined], [null], [5], [[]], [[null]], [[{}]]])('of %j is refused', (sinks) => {
    expect(() => createEventTee(sinks as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  test('gives every sink every event; one that throws keeps nothing from the others', async () => {
    const seen: string[][] = [[], []];
    const problems: string[] = [];
    const broken: EventSink = {
      record() {
        throw new Error('no');
      },
      flush: () => Promise.reject(new Error('no')),
    };
    const tee = createEventTee([
      { record: ({ uuid }) => void seen[0]?.push(uuid) },
      broken,
      { record: ({ uuid }) => void seen[1]?.push(uuid) },
    ]);
    tee.attach?.({ problem: ({ code }) => problems.push(code), logEvent: () => undefined });
    const event = createImpression();
    tee.record(event);
    expect(seen).toEqual([[event.uuid], [event.uuid]]);
    expect(await tee.flush?.()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(problems).toEqual(['event-sink-failed', 'event-sink-failed']);
  });

  test('counts what its first sink counts, and makes ids and requests with the first sink that makes them', async () => {
    const collector = await startCollector();
    const batch = createBatchEvents({ endpoint: collector.endpoint, randomId: () => 'id' });
    const tee = createEventTee([batch, { record: () => undefined }]);
    expect(tee.randomId?.()).toBe('id');
    tee.record(createImpression());
    expect(await tee.close?.()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    expect(tee.stats?.()).toMatchObject({ produced: 1, delivered: 1 });
    expect(createEventTee([{ record: () => undefined }, batch]).randomId?.()).toBe('id');
    expect(createEventTee([{ record: () => undefined }]).randomId).toBeUndefined();
    const event = createImpression();
    const shown = createEventTee([{ record: () => undefined }, batch]).toLogEvent?.(event);
    expect(shown).toEqual({ url: collector.endpoint, httpVerb: 'POST', params: buildEventBatch([event]) });
  });
});

describe.skipIf(!canStartRedis())('the sink of the README that writes to a Redis stream', () => {
  test('has the same events with the same ids as the collector, in a payload it could be sent', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.close());
    const redis = new Redis(server.port, '127.0.0.1');
    onTestFinished(() => redis.disconnect());
    const collector = await startCollector();
    const tee = createEventTee([createBatchEvents({ endpoint: collector.endpoint }), createStreamEvents(redis)]);
    for (let i = 0; i < 15; i += 1)
      tee.record(i % 3 === 0 ? createConversion({ tags: { i, big: 1n } }) : createImpression());
    expect(await tee.close?.()).toEqual({ delivered: 15, dropped: 0, pending: 0 });
    const entries = await redis.xrange('sortition:events', '-', '+');
    const fields = entries.map(([, list]) => Object.fromEntries(pairs(list)));
    expect(fields.map(({ uuid }) => uuid).sort()).toEqual(collector.uuids());
    const sent = collector.store.batches.flatMap(({ raw }) => JSON.parse(new TextDecoder().decode(raw)).visitors);
    const streamed = fields.map(({ batch }) => JSON.parse(batch ?? '').visitors[0]);
    expect(streamed).toEqual(sent);
    for (const { batch = '' } of fields) {
      const response = await fetch(collector.endpoint, { method: 'POST', body: batch });
      expect(response.status).toBe(204);
    }
    expect(collector.lab.events.counts).toMatchObject({ unique: 15, duplicates: 15 });
  });

  test('is the code the README shows', () => {
    const code = readFileSync(new URL('./redis-stream-events.ts', import.meta.url), 'utf8');
    const shown = code.slice(code.indexOf('export function'));
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(shown.trim());
  });
});

function pairs(list: readonly string[]): [string, string][] {
  return Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i] ?? '', list[2 * i + 1] ?? '']);
}

test('[EVT-19] sinks that reject, or cannot be attached, are reported and keep nothing from the others', async () => {
  const recorded: string[] = [];
  const codes: string[] = [];
  const broken = {
    record: async () => {
      throw new Error('record');
    },
    attach: async () => {
      throw new Error('attach');
    },
  };
  const throwing = {
    record: () => undefined,
    attach: () => {
      throw new Error('attach');
    },
  };
  const tee = createEventTee([broken as never, throwing, { record: (event) => void recorded.push(event.uuid) }]);
  tee.attach?.({ problem: ({ code }) => codes.push(code), logEvent: () => undefined });
  const event = createImpression();
  tee.record(event);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(recorded).toEqual([event.uuid]);
  expect(codes).toEqual(Array.from({ length: 3 }, () => 'event-sink-failed'));
});
