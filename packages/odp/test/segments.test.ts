import { expect, test } from 'vitest';
import { createOdp } from '../src/index.ts';
import { PLATFORMS, settingsFor, startLab, startOdp } from './running-odp.ts';

const lab = await startLab({ odp: { segments: { ada: ['vip', 'other'], vuid_1234: ['new'] } } });

test.each(PLATFORMS)(
  'on %s the segments of a user that the datafile asks for are fetched with the API key, by a constant query',
  async (_, create) => {
    const { fetch } = startOdp(lab, {}, {}, create);
    expect(await fetch('ada')).toEqual(['vip']);
    const [request] = lab.odp.requests.recent;
    expect(request?.path).toBe('/v3/graphql');
    expect(request?.headers).toMatchObject({ 'x-api-key': 'key', 'content-type': 'application/json' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      query:
        'query($userId: String, $audiences: [String]) {customer(fs_user_id: $userId) {audiences(subset: $audiences) {edges {node {name state}}}}}',
      variables: { userId: 'ada', audiences: ['vip', 'new'] },
    });
  },
);

test('a visitor id is asked for as a visitor id', async () => {
  const { fetch } = startOdp(lab);
  expect(await fetch('vuid_1234')).toEqual(['new']);
  expect(lab.odp.requests.recent[0]?.body).toContain('customer(vuid: $userId)');
});

test('a user in no segment gets an empty list, which is remembered too', async () => {
  const { fetch } = startOdp(lab);
  expect(await fetch('nobody')).toEqual([]);
  expect(await fetch('nobody')).toEqual([]);
  expect(lab.odp.requests.count).toBe(1);
});

test('without segments in the datafile the list is empty and nothing is asked', async () => {
  const { fetch } = startOdp(lab, {}, { segmentsToCheck: [] });
  expect(await fetch('ada')).toEqual([]);
  expect(lab.odp.requests.count).toBe(0);
});

test('IGNORE_CACHE neither reads nor writes the cache', async () => {
  const { fetch } = startOdp(lab);
  await fetch('ada', 'IGNORE_CACHE');
  await fetch('ada');
  expect(lab.odp.requests.count).toBe(2);
  lab.odp.setSegments('ada', ['new']);
  expect(await fetch('ada', 'IGNORE_CACHE')).toEqual(['new']);
  expect(await fetch('ada')).toEqual(['vip']);
  lab.odp.setSegments('ada', ['vip', 'other']);
});

test('RESET_CACHE forgets every user, then fetches and remembers', async () => {
  const { fetch } = startOdp(lab);
  await fetch('ada');
  await fetch('bob');
  await fetch('ada', 'RESET_CACHE');
  await fetch('ada');
  expect(lab.odp.requests.count).toBe(3);
  await fetch('bob');
  expect(lab.odp.requests.count).toBe(4);
});

test('both options together reset, fetch and remember nothing', async () => {
  const { fetch } = startOdp(lab);
  await fetch('ada');
  await fetch('ada', 'IGNORE_CACHE', 'RESET_CACHE');
  await fetch('ada');
  expect(lab.odp.requests.count).toBe(3);
});

test.each([{ segmentsCacheSize: 0 }, { segmentsCacheTimeoutMs: 0 }])('%j turns the cache off', async (options) => {
  const { fetch } = startOdp(lab, options);
  await fetch('ada');
  await fetch('ada');
  expect(lab.odp.requests.count).toBe(2);
});

test('equal settings keep the cache; a change of any of them resets it', async () => {
  const { odp, fetch } = startOdp(lab);
  await fetch('ada');
  odp.configure(settingsFor(lab));
  await fetch('ada');
  expect(lab.odp.requests.count).toBe(1);
  for (const change of [
    { apiKey: 'other' },
    { segmentsToCheck: ['new', 'vip'] },
    { segmentsToCheck: ['vip'] },
    { pixelUrl: 'x' },
  ]) {
    lab.odp.requests.clear();
    odp.configure(settingsFor(lab, change));
    await fetch('ada');
    expect(lab.odp.requests.count, JSON.stringify(change)).toBe(1);
  }
});

test('before a datafile, without an integration and after closing, fetching says why it cannot be done', async () => {
  const odp = createOdp();
  const fetching = () => odp.fetchSegments({ userId: 'ada', options: [] });
  await expect(fetching()).rejects.toMatchObject({
    code: 'not-ready',
    message: 'ODP config is not available: there is no datafile yet.',
  });
  odp.configure(null);
  await expect(fetching()).rejects.toMatchObject({
    code: 'not-ready',
    message: expect.stringContaining('ODP is not integrated'),
  });
  await odp.close?.();
  await expect(fetching()).rejects.toMatchObject({ code: 'closed' });
  await expect(createOdp().fetchSegments({ userId: 7 as never, options: [] })).rejects.toMatchObject({
    code: 'invalid-user',
  });
});

test('closing ends requests under way', async () => {
  lab.faults.set('odp-segments', { kind: 'hang' });
  const { odp, fetch } = startOdp(lab);
  const hanging = expect(fetch('ada')).rejects.toMatchObject({ code: 'closed' });
  await expect.poll(() => lab.odp.requests.count).toBe(1);
  await odp.close?.();
  await hanging;
});

test('a caller can give up alone: the request goes on for the others and is remembered', async () => {
  lab.faults.set('odp-segments', { kind: 'latency', ms: 150 });
  const { odp, fetch } = startOdp(lab);
  const abort = new AbortController();
  const first = expect(odp.fetchSegments({ userId: 'ada', options: [], signal: abort.signal })).rejects.toMatchObject({
    code: 'aborted',
  });
  const second = expect(odp.fetchSegments({ userId: 'ada', options: [], timeoutMs: 20 })).rejects.toMatchObject({
    code: 'timeout',
  });
  const third = fetch('ada');
  abort.abort();
  await first;
  await second;
  expect(await third).toEqual(['vip']);
  expect(lab.odp.requests.count).toBe(1);
});

test.each([
  'options',
  { segmentsCacheSize: -1 },
  { segmentsCacheSize: Number.NaN },
  { segmentsCacheSize: 1.5 },
  { segmentsCacheTimeoutMs: -1 },
  { segmentsCacheTimeoutMs: Number.NaN },
  { segmentsCacheTimeoutMs: null },
  { segmentsCacheTimeoutMs: Number.POSITIVE_INFINITY },
  { segmentsTimeoutMs: Number.POSITIVE_INFINITY },
  { eventsTimeoutMs: Number.POSITIVE_INFINITY },
  { flushIntervalMs: Number.POSITIVE_INFINITY },
  { maxQueueSize: Number.POSITIVE_INFINITY },
  { batchSize: null },
  { segmentsTimeoutMs: 0 },
  { segmentsTimeoutMs: Number.NaN },
  { eventsTimeoutMs: 0 },
  { batchSize: 0 },
  { flushIntervalMs: -1 },
  { maxQueueSize: 0 },
  { segmentsCache: {} },
  { segmentsCache: null },
  { fetch: 'fetch' },
  { randomId: 'id' },
  { allowedHosts: 'example.com' },
  { allowedHosts: ['https://example.com'] },
  { allowedHosts: ['exa mple'] },
  { allowedHosts: ['example.com:70000'] },
  { allowedHosts: [''] },
  { allowedHosts: [7] },
])('an option without a meaning is refused: %j', (options) => {
  expect(() => createOdp(options as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});
