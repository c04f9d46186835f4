import { expect, test } from 'vitest';
import { createMemoryEventStore } from '../src/index.ts';
import { eventBatch, post, startLab } from './running-lab.ts';

const store = createMemoryEventStore();
const lab = await startLab({ datafiles: { shop: { revision: 'x'.repeat(100) } }, eventStore: store });
const url = `${lab.url}/datafiles/shop.json`;

test('latency delays and then answers', async () => {
  lab.faults.set('datafiles', { kind: 'latency', ms: 60 });
  const start = performance.now();
  expect((await fetch(url)).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThan(50);
});

test('a status is answered with the body and headers that were asked for', async () => {
  lab.faults.set('datafiles', { kind: 'status', status: 503, headers: { 'retry-after': '7' }, body: '<html>' });
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([503, '7', '<html>']);
});

test('a truncated answer announces the whole body and ends before it', async () => {
  lab.faults.set('datafiles', { kind: 'truncate', bytes: 10 });
  const answer = await fetch(url);
  expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(100);
  await expect(answer.text()).rejects.toThrow();
});

test('a dripping answer arrives piece by piece and complete', async () => {
  lab.faults.set('datafiles', { kind: 'drip', bytes: 40, intervalMs: 5 });
  expect(await (await fetch(url)).json()).toEqual({ revision: 'x'.repeat(100) });
});

test.each([
  ['truncate', { kind: 'truncate' }],
  ['drip', { kind: 'drip', bytes: 100, intervalMs: 5 }],
] as const)('a stream without an end meets %s too, and nothing of it is left', async (kind, fault) => {
  lab.faults.set('datafile-events', fault);
  const text = (await fetch(`${lab.url}/datafiles/shop/events`)).text();
  if (kind === 'truncate') await expect(text).rejects.toThrow();
  else expect(await text).toContain('event: datafile');
  await expect.poll(() => lab.datafiles.openStreams).toBe(0);
});

test('a hanging endpoint never answers', async () => {
  lab.faults.set('datafiles', { kind: 'hang' });
  await expect(fetch(url, { signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout');
});

test('a reset connection fails the request', async () => {
  lab.faults.set('datafiles', { kind: 'reset' });
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('commit-then-reset keeps the events of a request that fails', async () => {
  lab.faults.set('events', { kind: 'commit-then-reset', times: 1 });
  const batch = eventBatch(['c1', 'c2']);
  await expect(post(`${lab.url}/v1/events`, batch)).rejects.toThrow('fetch failed');
  expect([...store.events.keys()]).toEqual(['c1', 'c2']);
  expect((await post(`${lab.url}/v1/events`, batch)).status).toBe(204);
  expect(lab.events.counts.duplicates).toBe(2);
});

test('one endpoint fails while the others go on', async () => {
  lab.faults.set('events', { kind: 'status', status: 500 });
  expect((await fetch(url)).status).toBe(200);
});

test('`times` ends a fault by itself and `rate` draws for each request', async () => {
  lab.faults.set('datafiles', { kind: 'status', status: 500, times: 2 });
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await fetch(url)).status);
  expect(statuses).toEqual([500, 500, 200]);
  lab.faults.set('datafiles', [
    { kind: 'status', status: 500, rate: 0 },
    { kind: 'status', status: 502, rate: 1 },
  ]);
  expect((await fetch(url)).status).toBe(502);
});

test('faults are switched over HTTP by endpoint name', async () => {
  const chaos = (body: unknown, headers = {}) => post(`${lab.url}/__chaos`, body, headers);
  expect((await chaos({ endpoint: '*', faults: [{ kind: 'status', status: 500 }] })).status).toBe(200);
  expect((await fetch(url)).status).toBe(500);
  expect(await (await fetch(`${lab.url}/__chaos`)).json()).toMatchObject({
    vardata: [{ kind: 'status', status: 500 }],
  });
  expect(await (await chaos({ endpoint: '*', faults: [] })).json()).toEqual({});
  expect((await fetch(url)).status).toBe(200);
  expect((await chaos('{}', { 'content-type': 'text/plain' })).status).toBe(415);
});

test.each([
  'x',
  null,
  { endpoint: 'nowhere', faults: [] },
  { endpoint: 'events' },
  { endpoint: 'events', faults: [{}] },
  { endpoint: 'events', faults: [{ kind: 'constructor' }] },
  { endpoint: 'events', faults: [{ kind: 'latency' }] },
  { endpoint: 'events', faults: [{ kind: 'latency', ms: -1 }] },
  { endpoint: 'events', faults: [{ kind: 'latency', ms: 2 ** 31 }] },
  { endpoint: 'events', faults: [{ kind: 'drip', bytes: 0 }] },
  { endpoint: 'events', faults: [{ kind: 'status', status: 99 }] },
  { endpoint: 'events', faults: [{ kind: 'hang', rate: 2 }] },
  { endpoint: 'events', faults: [{ kind: 'status', status: 500, headers: { a: 1 } }] },
  { endpoint: 'events', faults: [{ kind: 'status', status: 500, headers: { 'a b': 'c' } }] },
])('a malformed switch is 400 and changes nothing: %j', async (body) => {
  expect((await post(`${lab.url}/__chaos`, body)).status).toBe(400);
  expect(lab.faults.list()).toEqual({});
});
