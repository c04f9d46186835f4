/**
 * What an event sink must do so that a client can rely on it: take every event without harm to who decides, pass it on under
 * its own id, and account for it.
 *
 * A sink that turns events into text as they come, or answers `flush` before it has sent them, fails.
 */
import type { ConversionEvent, DeliveryReport, EventSink, EventTags, ImpressionEvent } from '@sortition/core';
import { type Client, createClient } from 'sortition';
import { describe, expect } from 'vitest';
import { buildTestConfig, createReplaceableConfig } from '../test-flags.ts';
import { createTestWith } from './test-with.ts';

/** A sink, and access to the events that arrived. */
export interface EventSinkUnderTest {
  readonly sink: EventSink;
  /** The `uuid` of every event that arrived at the destination, from this sink or from earlier ones. */
  arrived(): readonly string[] | Promise<readonly string[]>;
  /** Called after each test, when the sink is closed. */
  readonly close?: (() => unknown) | undefined;
}

/** Called for each test. */
export type CreateEventSink = () => EventSinkUnderTest | Promise<EventSinkUnderTest>;

type RecordedEvent = ImpressionEvent | ConversionEvent;

const MANY = 250;

/**
 * Describes the suite for one sink.
 *
 * @param name Names the sink in the titles.
 * @example
 * describeEventSink('our Kafka sink', () => ({ sink: createKafkaSink(producer), arrived: () => readTopic() }));
 */
export function describeEventSink(name: string, create: CreateEventSink): void {
  const title = `${name} as an event sink`;
  const test = createTestWith(create, async (under) => {
    await under.sink.close?.({ timeoutMs: 0 });
    await under.close?.();
  });

  describe(title, () => {
    test('passes every event on under its own id, once flushed', async ({ sink, arrived }) => {
      const events = Array.from({ length: MANY }, (_, index) => createEvent(index % 3 === 0 ? 'purchase' : null));
      const uuids = recordAll(sink, events);
      expectNothingLeft(await sink.flush?.());
      expect(pick(await arrived(), uuids)).toEqual(uuids);
    });

    test('sends what it has when it is closed', async ({ sink, arrived }) => {
      const uuids = recordAll(sink, [createEvent(null), createEvent('purchase')]);
      expectNothingLeft(await sink.close?.());
      expect(pick(await arrived(), uuids)).toEqual(uuids);
    });

    test('takes tags that are no JSON, and passes the event on', async ({ sink, arrived }) => {
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      const broken = {
        toJSON: () => {
          throw new Error('no JSON');
        },
      };
      const tags = { big: 1n, circular, broken, symbol: Symbol('s'), call: () => 1, kept: 'yes' };
      const uuids = recordAll(sink, [createEvent('purchase', tags)]);
      await sink.flush?.();
      expect(pick(await arrived(), uuids)).toEqual(uuids);
    });

    test('takes texts of every kind', async ({ sink, arrived }) => {
      const texts = ['', ' ', 'ä€😀', 'line\nbreak', '\u0000', '\ud800', '__proto__', 'x'.repeat(100_000)];
      const events = texts.map((text) => ({ ...createEvent('purchase', { [text]: text }), userId: text }));
      const uuids = recordAll(sink, events);
      await sink.flush?.();
      expect(pick(await arrived(), uuids)).toEqual(uuids);
    });

    test('accounts for every event', async ({ sink }) => {
      const before = sink.stats?.() ?? { produced: 0, delivered: 0, dropped: 0, pending: 0 };
      recordAll(
        sink,
        Array.from({ length: MANY }, () => createEvent(null)),
      );
      const report = await sink.flush?.();
      if (report) expect(report.delivered + report.dropped + report.pending).toBeGreaterThanOrEqual(MANY);
      const after = sink.stats?.();
      if (after === undefined) return;
      expect(after.produced - before.produced).toBe(MANY);
      expect(after.delivered + after.dropped + after.pending).toBe(after.produced + (after.recovered ?? 0));
    });

    test('answers in time, also without any event', async ({ sink }) => {
      for (const timeoutMs of [0, 1, undefined]) await sink.flush?.(timeoutMs === undefined ? {} : { timeoutMs });
      expectNothingLeft(await sink.flush?.());
    });

    test('may be closed twice and at once, and is harmless when it is', async ({ sink }) => {
      recordAll(sink, [createEvent(null)]);
      await Promise.all([sink.close?.(), sink.close?.()]);
      await sink.close?.();
      recordAll(sink, [createEvent('purchase')]);
      await sink.flush?.();
    });

    test('serves several clients', async ({ sink, arrived }) => {
      const before = (await arrived()).length;
      const clients = [1, 2].map((revision) => createClientOf(sink, revision));
      for (const client of clients) client.createUserContext('ada').decide('checkout');
      await Promise.all(clients.map((client) => client.flush()));
      expect(clients.map((client) => client.stats().problems)).toEqual([{}, {}]);
      expect((await arrived()).length - before).toBe(2);
    });
  });
}

function createClientOf(events: EventSink, revision: number): Client {
  const config = createReplaceableConfig(buildTestConfig(new Map([['checkout', {}]]), revision));
  return createClient({ config, events, logger: false });
}

/** An impression, or a conversion when an event key is given, as a client records it. */
function createEvent(eventKey: string | null, tags?: EventTags): RecordedEvent {
  const recorded: RecordedEvent[] = [];
  const client = createClientOf({ record: (event) => void recorded.push(event) }, 1);
  const user = client.createUserContext('ada', { plan: 'pro' });
  if (eventKey === null) user.decide('checkout');
  else user.trackEvent(eventKey, tags);
  const [event] = recorded;
  if (event === undefined) throw new Error('The client recorded nothing.');
  return event;
}

/** Records frozen events; returns their ids, sorted. */
function recordAll(sink: EventSink, events: readonly RecordedEvent[]): string[] {
  for (const event of events) {
    Object.freeze(event.attributes);
    if (event.type === 'conversion') Object.freeze(event.tags);
    // No caller would wait for a returned promise.
    expect(sink.record(Object.freeze(event)) as unknown).toBeUndefined();
  }
  return events.map(({ uuid }) => uuid).sort();
}

function expectNothingLeft(report: DeliveryReport | undefined): void {
  if (report) expect(report).toMatchObject({ pending: 0 });
}

/** Returns the ids that arrived, sorted, as often as they arrived. */
function pick(arrived: readonly string[], uuids: readonly string[]): string[] {
  const wanted = new Set(uuids);
  return arrived.filter((uuid) => wanted.has(uuid)).sort();
}
