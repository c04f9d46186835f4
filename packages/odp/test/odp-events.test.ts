import { expect, test, vi } from 'vitest';
import { createOdp } from '../src/index.ts';
import { settingsFor, startLab, startOdp } from './running-odp.ts';

const lab = await startLab();
const event = (action: string) => ({ action, identifiers: { email: 'ada@example.com' }, data: {} });
/** Actions of accepted events whose action begins with the prefix. */
const arrived = (prefix: string) =>
  lab.odp.events.filter(({ action }) => action.startsWith(prefix)).map(({ action }) => action);

test('an event arrives with key, shape and a fresh idempotence id', async () => {
  const { odp } = startOdp(lab);
  odp.sendEvent(event('shape'));
  expect(await odp.flush?.()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  const [request] = lab.odp.eventRequests.recent;
  expect(request?.headers).toMatchObject({ 'x-api-key': 'key', 'content-type': 'application/json' });
  expect(JSON.parse(request?.body ?? '')).toEqual([
    {
      type: 'fullstack',
      action: 'shape',
      identifiers: { email: 'ada@example.com' },
      data: {
        idempotence_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        data_source_type: 'sdk',
        data_source: 'test-sdk',
        data_source_version: '1.2.3',
      },
    },
  ]);
});

test('a full batch leaves at once, the rest after the interval, and the request is handed over', async () => {
  const { odp, handedOver } = startOdp(lab, { batchSize: 3, flushIntervalMs: 50 });
  for (let i = 0; i < 4; i++) odp.sendEvent(event(`batch-${i}`));
  await expect.poll(() => arrived('batch-')).toEqual(['batch-0', 'batch-1', 'batch-2', 'batch-3']);
  expect(handedOver.length).toBeGreaterThan(0);
  await Promise.all(handedOver);
  odp.sendEvent(event('batch-late'));
  await expect.poll(() => arrived('batch-late')).toHaveLength(1);
  await Promise.all(handedOver);
});

test('events before the datafile wait for it', async () => {
  const odp = createOdp({ allowedHosts: ['127.0.0.1'], flushIntervalMs: 0 });
  odp.sendEvent(event('early'));
  expect(await odp.flush?.({ timeoutMs: 50 })).toEqual({ delivered: 0, dropped: 0, pending: 1 });
  odp.configure(settingsFor(lab));
  await expect.poll(() => arrived('early')).toHaveLength(1);
  await odp.close?.();
});

test('without an integration events are dropped and counted, early ones too', async () => {
  const { odp, problems } = startOdp(lab);
  odp.configure(null);
  odp.sendEvent(event('lost'));
  const early = createOdp();
  early.sendEvent(event('lost'));
  early.configure(null);
  expect(await odp.flush?.()).toEqual({ delivered: 0, dropped: 1, pending: 0 });
  expect(await early.flush?.()).toEqual({ delivered: 0, dropped: 1, pending: 0 });
  expect(problems).toMatchObject([{ code: 'odp-not-integrated' }]);
  expect(arrived('lost')).toEqual([]);
});

test.each([408, 429, 500, 503])(
  '[EVT-02] status %i keeps the batch until the platform takes it, with the same ids',
  async (status) => {
    const { odp, problems } = startOdp(lab, { batchSize: 2 });
    lab.faults.set('odp-events', { kind: 'status', status, times: 2 });
    for (const action of ['a', 'b', 'c']) odp.sendEvent(event(`kept-${status}-${action}`));
    const report = await odp.flush?.();
    expect(report).toEqual({ delivered: 3, dropped: 0, pending: 0 });
    expect(arrived(`kept-${status}-`)).toHaveLength(3);
    const sent = lab.odp.eventRequests.recent.flatMap(({ body }) => JSON.parse(body));
    const ids = sent.map(({ data }) => data.idempotence_id);
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(3);
    expect(problems.filter(({ code }) => code === 'odp-events-delayed')).toHaveLength(1);
    expect(odp.stats?.().events.retries).toBe(2);
  },
);

test.each([400, 401, 403, 404, 410, 418, 422])(
  '[EVT-18] status %i that passes costs no event: it is kept, told once, and sent again',
  async (status) => {
    const { odp, problems } = startOdp(lab);
    lab.faults.set('odp-events', { kind: 'status', status });
    odp.sendEvent(event(`passing-${status}-a`));
    odp.sendEvent(event(`passing-${status}-b`));
    expect(await odp.flush?.({ timeoutMs: 300 })).toEqual({ delivered: 0, dropped: 0, pending: 2 });
    lab.faults.clear();
    expect(await odp.flush?.()).toEqual({ delivered: 2, dropped: 0, pending: 0 });
    expect(arrived(`passing-${status}-`)).toHaveLength(2);
    expect(problems).toMatchObject([{ code: 'odp-events-delayed', message: expect.stringContaining(`${status}`) }]);
  },
);

test('[EVT-02] status 413 halves the batch, and a single event that is too large is lost alone', async () => {
  const { odp, problems } = startOdp(lab, {
    fetch: async (url, init) =>
      String(init?.body).includes('large-2') ? new Response(null, { status: 413 }) : fetch(url, init),
  });
  for (let i = 0; i < 4; i++) odp.sendEvent(event(`large-${i}`));
  expect(await odp.flush?.()).toEqual({ delivered: 3, dropped: 1, pending: 0 });
  expect(arrived('large-').sort()).toEqual(['large-0', 'large-1', 'large-3']);
  expect(problems).toMatchObject([{ code: 'odp-events-refused', message: expect.stringContaining('1 ODP events') }]);
});

test.each([
  ['no headers', {}],
  ['headers that are a record', { headers: { 'retry-after': '1' } }],
  ['headers that answer numbers', { headers: { get: () => 5 } }],
])('[EVT-11] a fetch whose failures have %s costs no event and no exception', async (what, parts) => {
  let isBroken = true;
  const { odp } = startOdp(lab, {
    fetch: async (url, init) =>
      isBroken ? ({ status: 503, text: async () => '', ...parts } as never) : fetch(url, init),
  });
  odp.sendEvent(event(`${what}-a`));
  expect(await odp.flush?.({ timeoutMs: 100 })).toEqual({ delivered: 0, dropped: 0, pending: 1 });
  await expect(odp.fetchSegments({ userId: 'ada', options: [] })).rejects.toMatchObject({ code: 'request-failed' });
  isBroken = false;
  expect(await odp.flush?.()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  expect(arrived(what)).toEqual([`${what}-a`]);
});

test('[EVT-04] an answer that was lost on the way makes no second event', async () => {
  const { odp } = startOdp(lab);
  const before = lab.odp.duplicateEvents;
  lab.faults.set('odp-events', { kind: 'commit-then-reset', times: 1 });
  odp.sendEvent(event('once'));
  expect(await odp.flush?.()).toMatchObject({ delivered: 1 });
  expect(arrived('once')).toHaveLength(1);
  expect(lab.odp.duplicateEvents).toBe(before + 1);
});

test('[EVT-03] above the bound the newest events are dropped, and the counts add up', async () => {
  const { odp, problems } = startOdp(lab, { maxQueueSize: 5 });
  lab.faults.set('odp-events', { kind: 'status', status: 503 });
  for (let i = 0; i < 12; i++) odp.sendEvent(event(`bound-${i}`));
  expect(odp.stats?.().events).toMatchObject({ produced: 12, delivered: 0, dropped: 7, pending: 5 });
  expect(problems.filter(({ code }) => code === 'odp-queue-full')).toHaveLength(1);
  lab.faults.clear();
  expect(await odp.flush?.()).toEqual({ delivered: 5, dropped: 7, pending: 0 });
  expect(arrived('bound-')).toEqual([0, 1, 2, 3, 4].map((i) => `bound-${i}`));
});

test('[EVT-03] the queue is bounded by bytes too', () => {
  const { odp } = startOdp(lab, { maxQueueBytes: 1_000 });
  lab.faults.set('odp-events', { kind: 'hang' });
  for (let i = 0; i < 10; i++) odp.sendEvent(event(`${'x'.repeat(100)}`));
  const { pending = 0, dropped = 0 } = odp.stats?.().events ?? {};
  expect(pending).toBeLessThan(4);
  expect(pending + dropped).toBe(10);
});

test.each([
  ['hangs', { kind: 'hang' }],
  ['refuses', { kind: 'status', status: 503 }],
] as const)('[EVT-05] closing while the platform %s ends in time and tells what is left', async (_, fault) => {
  const { odp } = startOdp(lab);
  lab.faults.set('odp-events', fault);
  odp.sendEvent(event('left'));
  const start = performance.now();
  expect(await odp.close?.({ timeoutMs: 200 })).toEqual({ delivered: 0, dropped: 0, pending: 1 });
  expect(performance.now() - start).toBeLessThan(2_000);
  odp.sendEvent(event('too late'));
  expect(await odp.close?.({ timeoutMs: 200 })).toEqual({ delivered: 0, dropped: 1, pending: 1 });
});

test('[EVT-05] closing sends what is queued', async () => {
  const { odp } = startOdp(lab);
  for (let i = 0; i < 25; i++) odp.sendEvent(event(`closing-${i}`));
  expect(await odp.close?.()).toEqual({ delivered: 25, dropped: 0, pending: 0 });
  expect(arrived('closing-')).toHaveLength(25);
});

test('[EVT-01] an outage ends without loss: the queue goes on by itself', async () => {
  const { odp } = startOdp(lab, { flushIntervalMs: 10 });
  vi.spyOn(Math, 'random').mockReturnValue(0.01);
  lab.faults.set('odp-events', { kind: 'reset', times: 4 });
  for (let i = 0; i < 15; i++) odp.sendEvent(event(`outage-${i}`));
  await expect.poll(() => arrived('outage-'), { timeout: 5_000 }).toHaveLength(15);
  vi.restoreAllMocks();
});

test('[ODP-10] when the key or host changes, what is queued goes to the old one once, and no event goes astray', async () => {
  const { odp } = startOdp(lab);
  for (const apiKey of ['key-a', 'key-b', 'key-c']) {
    odp.configure(settingsFor(lab, { apiKey }));
    for (let i = 0; i < 13; i++) odp.sendEvent(event(`lane-${apiKey}`));
  }
  odp.configure(null);
  await expect.poll(() => arrived('lane-')).toHaveLength(39);
  for (const { action, apiKey } of lab.odp.events.filter(({ action }) => action.startsWith('lane-'))) {
    expect(action).toBe(`lane-${apiKey}`);
  }
  // The collector has an event before the sender hears of it.
  await expect.poll(() => odp.stats?.().events).toMatchObject({ delivered: 39, dropped: 0, pending: 0 });
});

test('[ODP-10] an old platform that does not answer keeps nothing for ever, and the new one is not held up', async () => {
  const { odp, problems } = startOdp(lab, { eventsTimeoutMs: 100 }, { apiKey: 'old' });
  lab.faults.set('odp-events', { kind: 'hang' });
  odp.sendEvent(event('astray'));
  odp.configure(settingsFor(lab, { apiKey: 'current' }));
  await expect.poll(() => problems.map(({ code }) => code), { timeout: 5_000 }).toContain('odp-events-lost');
  lab.faults.clear();
  odp.sendEvent(event('arrives'));
  expect(await odp.flush?.()).toEqual({ delivered: 1, dropped: 1, pending: 0 });
  expect(arrived('astray')).toEqual([]);
});

test('[ODP-10] segments of one key are never answered from the cache of another', async () => {
  lab.odp.setSegments('eve', ['vip']);
  const { odp, fetch } = startOdp(lab);
  expect(await fetch('eve')).toEqual(['vip']);
  lab.odp.setSegments('eve', []);
  odp.configure(settingsFor(lab, { apiKey: 'other' }));
  expect(await fetch('eve')).toEqual([]);
});
