/**
 * What an ODP part must do so that a client can rely on it: say which segments a user is in or why that is not known, pass
 * events on, and go by the settings it was told last.
 *
 * A part that answers an empty list when the platform is down, keeps remembered segments when the settings change, or answers
 * `flush` before events were sent, fails.
 */
import type { DeliveryReport, Odp, OdpEvent, OdpSettings, SegmentOption } from '@sortition/core';
import { createClient } from 'sortition';
import { describe, expect } from 'vitest';
import { buildTestConfig, createReplaceableConfig } from '../test-flags.ts';
import type { Disturbance } from './disturbance.ts';
import { newName, ODD_NAMES } from './made-up-names.ts';
import { codeOfRejection, inTime, settled, TEST_TIMEOUT_MS } from './settling.ts';
import { createTestWith } from './test-with.ts';

/** An event at the platform. */
export interface ArrivedOdpEvent {
  readonly action: string;
  readonly identifiers: Readonly<Record<string, unknown>>;
  /** Data that the part adds does not matter. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** An ODP part that was not configured yet, and the platform behind it. */
export interface OdpUnderTest {
  readonly odp: Odp;
  /** Settings to reach the platform; the suite sets `segmentsToCheck`. */
  readonly settings: Omit<OdpSettings, 'segmentsToCheck'>;
  /** Sets the segments of a user at the platform. */
  setSegments(userId: string, segments: readonly string[]): unknown;
  /** Every event that arrived at the platform, from this part or from earlier ones. */
  arrived(): readonly ArrivedOdpEvent[] | Promise<readonly ArrivedOdpEvent[]>;
  /** For requests for segments and with events; absent if nothing can fail. */
  readonly disturb?: ((how: Disturbance) => unknown) | undefined;
  /** Called after each test, when the part is closed. */
  readonly close?: (() => unknown) | undefined;
}

/** Called for each test. */
export type CreateOdp = () => OdpUnderTest | Promise<OdpUnderTest>;

const SEGMENTS: readonly string[] = ['vip', 'new'];
const MANY = 25;

/**
 * Describes the suite for one part.
 *
 * @param name Names the part in the titles.
 * @example
 * describeOdp('our customer data', () => {
 *   const platform = createFakePlatform();
 *   const { setSegments, arrived } = platform;
 *   return { odp: createOurOdp({ fetch: platform.fetch }), settings: platform.settings, setSegments, arrived };
 * });
 */
export function describeOdp(name: string, create: CreateOdp): void {
  const title = `${name} as an ODP part`;
  const cleanUp = async ({ odp, disturb, close: end }: OdpUnderTest): Promise<void> => {
    await disturb?.(null);
    await odp.close?.({ timeoutMs: 0 });
    await end?.();
  };
  const test = createTestWith(create, cleanUp, TEST_TIMEOUT_MS);

  describe(title, () => {
    test('resolves the names of the segments a user is in', async (under) => {
      configure(under);
      const [both, one, none] = [newName(), newName(), newName()];
      await under.setSegments(both, ['vip', 'new', 'unasked']);
      await under.setSegments(one, ['new']);
      expect([...(await fetch(under, both))].sort()).toEqual(['new', 'vip']);
      expect(await fetch(under, one)).toEqual(['new']);
      expect(await fetch(under, none)).toEqual([]);
    });

    test('keeps users apart, whatever their ids look like', async (under) => {
      configure(under);
      const prefix = newName();
      const userIds = ODD_NAMES.map((id) => prefix + id);
      const segmentsOf = (index: number): string[] => (index % 2 === 0 ? ['vip'] : ['new']);
      for (const [index, userId] of userIds.entries()) await under.setSegments(userId, segmentsOf(index));
      for (const [index, userId] of userIds.entries()) expect(await fetch(under, userId)).toEqual(segmentsOf(index));
    });

    test('hands out lists that are the reader’s own', async (under) => {
      configure(under);
      const userId = newName();
      await under.setSegments(userId, ['vip']);
      Reflect.set(await fetch(under, userId), 0, 'changed by the reader');
      expect(await fetch(under, userId)).toEqual(['vip']);
    });

    test('asks anew where it must not use what it remembers', async (under) => {
      configure(under);
      const [ada, bob] = [newName(), newName()];
      for (const userId of [ada, bob]) {
        await under.setSegments(userId, ['vip']);
        await fetch(under, userId);
        await under.setSegments(userId, ['new']);
      }
      expect(await fetch(under, ada, 'IGNORE_CACHE')).toEqual(['new']);
      expect(await fetch(under, ada, 'RESET_CACHE')).toEqual(['new']);
      expect(await fetch(under, bob)).toEqual(['new']);
    });

    test('rejects with an SdkError before it has settings, and when there is no platform', async (under) => {
      const userId = newName();
      await codeOfRejection(under.odp.fetchSegments({ userId, options: [] }));
      under.odp.configure(null);
      await codeOfRejection(under.odp.fetchSegments({ userId, options: [] }));
    });

    test('goes by the settings it was told last', async (under) => {
      configure(under);
      const userId = newName();
      await under.setSegments(userId, ['vip', 'new']);
      expect(await fetch(under, userId)).toHaveLength(2);
      configure(under, ['new']);
      expect(await fetch(under, userId)).toEqual(['new']);
      under.odp.configure(null);
      await codeOfRejection(under.odp.fetchSegments({ userId, options: [] }));
      configure(under, ['vip']);
      expect(await fetch(under, userId)).toEqual(['vip']);
    });

    test('takes settings it cannot use without throwing, and recovers from them', async (under) => {
      for (const apiHost of ['', 'nonsense', 'http://']) {
        under.odp.configure({ ...under.settings, apiHost, segmentsToCheck: [...SEGMENTS] });
        under.odp.sendEvent(createEvent());
      }
      configure(under);
      const userId = newName();
      await under.setSegments(userId, ['vip']);
      expect(await fetch(under, userId)).toEqual(['vip']);
    });

    test('rejects with an SdkError when the platform cannot be reached', async (under) => {
      configure(under);
      if (under.disturb === undefined) return;
      await under.disturb('fail');
      await codeOfRejection(under.odp.fetchSegments({ userId: newName(), options: [] }));
      await under.disturb('hang');
      const late = under.odp.fetchSegments({ userId: newName(), options: [], timeoutMs: 50 });
      expect(await codeOfRejection(late)).toBe('timeout');
    });

    test('rejects when its caller gives up, and leaves the others their answer', async (under) => {
      configure(under);
      const userId = newName();
      await under.setSegments(userId, ['vip']);
      const caller = new AbortController();
      const given = under.odp.fetchSegments({ userId, options: [], signal: caller.signal });
      const other = fetch(under, userId);
      caller.abort();
      expect(await codeOfRejection(given)).toBe('aborted');
      expect(await other).toEqual(['vip']);
      const late = under.odp.fetchSegments({ userId: newName(), options: [], signal: AbortSignal.abort() });
      expect(await codeOfRejection(late)).toBe('aborted');
    });

    test('passes every event on, once flushed', async (under) => {
      configure(under);
      const events = sendMany(under.odp);
      configure(under);
      expectNothingLeft(await flush(under.odp));
      await expectArrived(under, events);
    });

    test('sends what it has when it is closed', async (under) => {
      configure(under);
      const events = sendMany(under.odp);
      expectNothingLeft(await close(under.odp));
      await expectArrived(under, events);
    });

    test('refuses an event that cannot be sent with an SdkError, and passes the others on', async (under) => {
      configure(under);
      const events = [createEvent(), createEvent()];
      const [first, last] = events as [OdpEvent, OdpEvent];
      under.odp.sendEvent(first);
      const refusal = expect.objectContaining({ code: 'invalid-option' });
      for (const part of [{ action: '' }, { identifiers: {} }, { data: { broken: {} as never } }]) {
        expect(() => under.odp.sendEvent({ ...createEvent(), ...part })).toThrow(refusal);
      }
      under.odp.sendEvent(last);
      await flush(under.odp);
      await expectArrived(under, events);
    });

    test('takes events at any time without throwing', async ({ odp, settings }) => {
      const take = (): void => expect(odp.sendEvent(createEvent()) as unknown).toBeUndefined();
      take();
      odp.configure(null);
      take();
      odp.configure({ ...settings, segmentsToCheck: [] });
      await close(odp);
      take();
    });

    test('accounts for every event, in time, also when the platform cannot be reached', async (under) => {
      const { odp } = under;
      configure(under);
      for (const how of [null, 'fail', 'hang'] as const) {
        await under.disturb?.(how);
        const before = odp.stats?.().events.produced ?? 0;
        const sent = sendMany(odp).length;
        const report = await flush(odp, 50);
        if (report) expect(report.delivered + report.dropped + report.pending).toBeGreaterThanOrEqual(sent);
        const events = odp.stats?.().events;
        if (events === undefined) continue;
        expect(events.produced - before).toBe(sent);
        expect(events.delivered + events.dropped + events.pending).toBe(events.produced);
      }
    });

    test('ends what is under way when it is closed, which it may be twice and at once', async (under) => {
      const { odp } = under;
      configure(under);
      await under.disturb?.('hang');
      const userId = newName();
      const ended = settled(odp.fetchSegments({ userId, options: [] }));
      odp.sendEvent(createEvent());
      await Promise.all([close(odp, 50), close(odp, 50)]);
      await close(odp, 50);
      await flush(odp, 50);
      await ended;
      expect(await codeOfRejection(odp.fetchSegments({ userId, options: [] }))).toBe('closed');
    });

    test('serves a client', async (under) => {
      const { odp, settings } = under;
      const project = buildTestConfig(new Map(), 1);
      const config = createReplaceableConfig({ ...project, odp: { ...settings, segmentsToCheck: [...SEGMENTS] } });
      const client = createClient({ config, odp, events: null, logger: false });
      const user = client.createUserContext(newName());
      await under.setSegments(user.userId, ['vip']);
      expect(await inTime(user.fetchQualifiedSegments())).toBe(true);
      expect(user.qualifiedSegments).toEqual(['vip']);
      const event = createEvent();
      client.sendOdpEvent({ action: event.action, identifiers: event.identifiers, data: event.data });
      await inTime(client.close());
      await expectArrived(under, [event]);
      expect(client.stats().problems).toEqual({});
    });
  });
}

function configure({ odp, settings }: OdpUnderTest, segmentsToCheck: readonly string[] = SEGMENTS): void {
  // A copy, because a part may return its input, and a reader may change that.
  odp.configure({ ...settings, segmentsToCheck: [...segmentsToCheck] });
}

function fetch({ odp }: OdpUnderTest, userId: string, ...options: SegmentOption[]): Promise<readonly string[]> {
  return inTime(odp.fetchSegments({ userId, options }));
}

function createEvent(): OdpEvent {
  const id = newName();
  const data = { text: 'ä€😀 "\n', number: 1.5, yes: true, nothing: null };
  return { action: id, identifiers: { fs_user_id: id, email: `${id}@example.com` }, data };
}

/** Sends frozen events. */
function sendMany(odp: Odp): OdpEvent[] {
  const events = Array.from({ length: MANY }, createEvent);
  for (const event of events) {
    for (const part of [event, event.identifiers, event.data]) Object.freeze(part);
    odp.sendEvent(event);
  }
  return events;
}

async function flush(odp: Odp, timeoutMs?: number): Promise<DeliveryReport | undefined> {
  return inTime(Promise.resolve(odp.flush?.(timeoutMs === undefined ? {} : { timeoutMs })));
}

async function close(odp: Odp, timeoutMs?: number): Promise<DeliveryReport | undefined> {
  return inTime(Promise.resolve(odp.close?.(timeoutMs === undefined ? {} : { timeoutMs })));
}

function expectNothingLeft(report: DeliveryReport | undefined): void {
  if (report) expect(report).toMatchObject({ pending: 0 });
}

/** Expects each event exactly once. */
async function expectArrived({ arrived }: OdpUnderTest, events: readonly OdpEvent[]): Promise<void> {
  const all = await arrived();
  const found = events.map(({ action }) => all.filter((event) => event.action === action));
  expect(found).toMatchObject(events.map(({ action, identifiers, data }) => [{ action, identifiers, data }]));
}
