import type { ConfigSource, Odp, Problem, SegmentRequest, VuidSource } from '@sortition/core';
import { createLabServer } from '@sortition/emulator';
import { createOdp, createVuidSource } from '@sortition/odp';
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Client, type ClientOptions, createBatchEvents, createClient, createStaticConfig } from '../src/index.ts';

const lab = await createLabServer({ odp: { segments: { ada: ['vip'] } } });
afterEach(() => {
  lab.faults.clear();
  lab.odp.requests.clear();
  lab.odp.eventRequests.clear();
});
afterAll(() => lab.close());

/** One flag: users in the segment `vip` get `gold`, everybody else `plain`. */
function datafile(integrations: object[] = [{ key: 'odp', host: lab.url, publicKey: 'odp-key' }]): object {
  const rule = (id: string, variation: string, audienceIds: string[]) => ({
    id,
    key: `rule-${id}`,
    status: 'Running',
    layerId: 'layer',
    variations: [{ id: `${id}1`, key: variation, featureEnabled: true }],
    trafficAllocation: [{ entityId: `${id}1`, endOfRange: 10_000 }],
    audienceIds,
    forcedVariations: {},
  });
  return {
    version: '4',
    revision: '1',
    accountId: '1',
    projectId: '2',
    experiments: [],
    groups: [],
    attributes: [],
    events: [],
    rollouts: [{ id: '20', experiments: [rule('30', 'gold', ['40']), rule('31', 'plain', [])] }],
    featureFlags: [{ id: '10', key: 'banner', rolloutId: '20', experimentIds: [], variables: [] }],
    typedAudiences: [
      {
        id: '40',
        name: 'VIPs',
        conditions: ['and', { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'vip' }],
      },
    ],
    integrations,
  };
}

interface StartedClient {
  readonly client: Client;
  readonly problems: Problem[];
}

function start(options: Partial<ClientOptions> = {}, data = datafile()): StartedClient {
  const client = createClient({
    config: createStaticConfig({ datafile: data }),
    odp: createOdp({ allowedHosts: ['127.0.0.1'] }),
    events: null,
    logger: false,
    ...options,
  });
  const problems: Problem[] = [];
  client.on('problem', (problem) => problems.push(problem));
  onTestFinished(async () => {
    await client.close({ timeoutMs: 100 });
  });
  return { client, problems };
}

const banner = (client: Client, userId: string) => client.createUserContext(userId).decide('banner').variationKey;

test('fetched segments qualify the user for audiences that ask for them', async () => {
  const { client } = start();
  const user = client.createUserContext('ada');
  expect(user.qualifiedSegments).toBeNull();
  expect(user.decide('banner').variationKey).toBe('plain');
  expect(await user.fetchQualifiedSegments()).toBe(true);
  expect(user.qualifiedSegments).toEqual(['vip']);
  expect(user.isQualifiedFor('vip')).toBe(true);
  expect(user.decide('banner').variationKey).toBe('gold');
  expect(client.stats().odp).toMatchObject({ segmentRequests: 1, segmentFailures: 0 });
});

test('load() brings segments, too', async () => {
  const { client } = start();
  const user = client.createUserContext('ada');
  await user.load();
  expect(user.decide('banner').variationKey).toBe('gold');
});

describe('every form of fetchQualifiedSegments', () => {
  type Form = (user: ReturnType<Client['createUserContext']>, callback: (success: boolean) => void) => Promise<boolean>;
  const forms: Record<string, [Form, boolean]> = {
    'a callback alone': [(user, callback) => user.fetchQualifiedSegments(callback), true],
    'options and a callback': [(user, callback) => user.fetchQualifiedSegments(['IGNORE_CACHE'], callback), true],
    'settings and a callback': [
      (user, callback) => user.fetchQualifiedSegments({ use: ['RESET_CACHE'], timeoutMs: 5_000 }, callback),
      true,
    ],
    'no options and a callback': [(user, callback) => user.fetchQualifiedSegments(undefined, callback), true],
    nothing: [(user) => user.fetchQualifiedSegments(), false],
    'options alone': [(user) => user.fetchQualifiedSegments(['IGNORE_CACHE']), false],
  };
  test.each(Object.entries(forms))('%s', async (_, [fetchSegments, isCalledBack]) => {
    const { client } = start();
    for (const [status, success] of [
      [undefined, true],
      [500, false],
    ] as const) {
      if (status) lab.faults.set('odp-segments', { kind: 'status', status });
      const user = client.createUserContext(`ada${status ?? ''}`);
      user.qualifiedSegments = ['before'];
      const order: unknown[] = [];
      const promise = fetchSegments(user, (reported) => order.push(reported, user.qualifiedSegments));
      order.push(await promise);
      const segments = success ? ['vip'] : null;
      expect(order).toEqual(isCalledBack ? [success, segments, success] : [success]);
      expect(user.qualifiedSegments).toEqual(segments);
    }
  });
});

test('options reach the cache: IGNORE_CACHE and RESET_CACHE ask again', async () => {
  const { client } = start();
  const user = client.createUserContext('ada');
  await user.fetchQualifiedSegments();
  await user.fetchQualifiedSegments();
  expect(lab.odp.requests.count).toBe(1);
  await user.fetchQualifiedSegments(['IGNORE_CACHE']);
  await user.fetchQualifiedSegments({ use: ['RESET_CACHE'] });
  expect(lab.odp.requests.count).toBe(3);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('mine');
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('mine');
    },
  ],
])('a callback that %s harms nothing', async (_, callback) => {
  const { client, problems } = start();
  expect(await client.createUserContext('ada').fetchQualifiedSegments(callback)).toBe(true);
  await expect.poll(() => problems).toMatchObject([{ code: 'callback-failed', part: 'listener' }]);
});

test('a failed fetch resolves false, makes the segments null, leaves decisions alone and is a problem', async () => {
  const { client, problems } = start();
  const user = client.createUserContext('ada');
  await user.fetchQualifiedSegments();
  lab.faults.set('odp-segments', { kind: 'status', status: 200, body: '<html>' });
  expect(await user.fetchQualifiedSegments(['RESET_CACHE'])).toBe(false);
  expect(user.qualifiedSegments).toBeNull();
  expect(user.decide('banner').variationKey).toBe('plain');
  expect(problems).toMatchObject([{ code: 'segments-failed', part: 'odp', cause: { code: 'invalid-response' } }]);
});

test.each([2 ** 40, Number.POSITIVE_INFINITY, Number.NaN, -1])(
  'a limit of %s ms, which no timer can keep, ends no wait early',
  async (timeoutMs) => {
    const { client, problems } = start();
    lab.faults.set('odp-segments', { kind: 'latency', ms: 50 });
    expect(await client.createUserContext('ada').fetchQualifiedSegments({ timeoutMs })).toBe(true);
    expect(problems).toEqual([]);
  },
);

test('a caller ends the wait by a timeout or a signal', async () => {
  const { client, problems } = start();
  lab.faults.set('odp-segments', { kind: 'hang' });
  const user = client.createUserContext('ada');
  expect(await user.fetchQualifiedSegments({ timeoutMs: 50 })).toBe(false);
  const abort = new AbortController();
  const fetching = user.fetchQualifiedSegments({ signal: abort.signal });
  abort.abort();
  expect(await fetching).toBe(false);
  expect(problems.map(({ cause }) => (cause as { code: string }).code)).toEqual(['timeout', 'aborted']);
});

test('a datafile that names a foreign host disables ODP with a problem, and everything else goes on', async () => {
  const { client, problems } = start({}, datafile([{ key: 'odp', host: 'https://odp.evil.example', publicKey: 'k' }]));
  expect(problems).toMatchObject([{ code: 'odp-host-refused', part: 'odp' }]);
  expect(await client.createUserContext('ada').fetchQualifiedSegments()).toBe(false);
  expect(banner(client, 'ada')).toBe('plain');
});

test('without an odp part, fetching and sending are problems', async () => {
  const { client, problems } = start({ odp: undefined });
  expect(await client.createUserContext('ada').fetchQualifiedSegments()).toBe(false);
  client.sendOdpEvent({ action: 'buy', identifiers: { email: 'a@b' } });
  expect(problems.map(({ code }) => code)).toEqual(['no-odp', 'no-odp']);
});

test.each<[string, () => unknown]>([
  [
    'throws',
    () => {
      throw new Error('no');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no'))],
  ['rejects with nothing', () => Promise.reject()],
  ['resolves a text', async () => 'vip'],
  ['resolves null', async () => null],
  ['resolves numbers', async () => [1]],
  ['answers no promise', () => 7],
  ['hangs', () => new Promise(() => undefined)],
])('an odp part of somebody else that %s resolves false', async (_, fetchSegments) => {
  const odp: Odp = { fetchSegments: fetchSegments as never, sendEvent: () => undefined, configure: () => undefined };
  const { client, problems } = start({ odp });
  expect(await client.createUserContext('ada').fetchQualifiedSegments({ timeoutMs: 30 })).toBe(false);
  expect(problems).toMatchObject([{ code: 'segments-failed' }]);
});

test('an odp part of somebody else that hangs is given up after a minute, by a call without a limit', async () => {
  const odp: Odp = {
    fetchSegments: () => new Promise(() => undefined),
    sendEvent: () => undefined,
    configure: () => undefined,
  };
  const { client, problems } = start({ odp });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const settled = vi.fn();
  void client.createUserContext('ada').fetchQualifiedSegments().then(settled);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(settled).toHaveBeenCalledWith(false);
  expect(problems).toMatchObject([{ code: 'segments-failed', cause: { code: 'timeout' } }]);
});

test('an event is sent with the name of the client, also by close()', async () => {
  const { client } = start({ clientName: 'shop', clientVersion: '9' });
  client.sendOdpEvent({ action: 'named', identifiers: { 'FS-USER-ID': 'ada' }, data: { total: 5 } });
  expect(await client.close()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  expect(lab.odp.events.filter(({ action }) => action === 'named')).toMatchObject([
    {
      apiKey: 'odp-key',
      type: 'fullstack',
      identifiers: { fs_user_id: 'ada' },
      data: { total: 5, data_source: 'shop', data_source_version: '9' },
    },
  ]);
});

test('flush() sends ODP events and reports them', async () => {
  const { client } = start();
  client.sendOdpEvent({ action: 'flushed', identifiers: { email: 'a@b' } });
  expect(await client.flush()).toMatchObject({ delivered: 1, pending: 0 });
});

test.each([
  [undefined],
  [null],
  [{}],
  [{ action: '' }],
  [{ action: 'x' }],
  [{ action: 'x', identifiers: { a: 1 } }],
  [{ action: 'x', identifiers: { a: 'b' }, data: { c: {} } }],
])('an event that cannot be sent is a problem, never an exception: %j', (event) => {
  const { client, problems } = start();
  client.sendOdpEvent(event as never);
  expect(problems).toMatchObject([{ code: 'odp-failed', part: 'odp' }]);
});

test('[EVT-05] closing delivers impressions and ODP events, and reports both together', async () => {
  const { client } = start(
    { events: createBatchEvents({ endpoint: `${lab.url}/v1/events` }) },
    { ...datafile(), sendFlagDecisions: true },
  );
  const before = lab.events.counts.unique;
  client.createUserContext('ada').decide('banner');
  client.sendOdpEvent({ action: 'seen', identifiers: { vuid: 'v' } });
  expect(await client.close()).toEqual({ delivered: 2, dropped: 0, pending: 0 });
  expect(lab.events.counts.unique).toBe(before + 1);
  expect(lab.odp.eventRequests.count).toBe(1);
});

test('[EVT-05] closing at servers that hang is over in time and reports what is pending of both', async () => {
  const { client } = start(
    { events: createBatchEvents({ endpoint: `${lab.url}/v1/events` }) },
    { ...datafile(), sendFlagDecisions: true },
  );
  for (const service of ['events', 'odp-events'] as const) lab.faults.set(service, { kind: 'hang' });
  client.createUserContext('ada').decide('banner');
  client.sendOdpEvent({ action: 'seen', identifiers: { vuid: 'v' } });
  const before = Date.now();
  expect(await client.close({ timeoutMs: 300 })).toEqual({ delivered: 0, dropped: 0, pending: 2 });
  expect(Date.now() - before).toBeLessThan(3_000);
});

test('after close an event is counted and goes nowhere', async () => {
  const { client, problems } = start();
  await client.close();
  client.sendOdpEvent({ action: 'late', identifiers: { email: 'a@b' } });
  expect(client.stats().ignoredAfterClose).toBe(1);
  expect(problems).toEqual([]);
  expect(await client.createUserContext('ada').fetchQualifiedSegments()).toBe(false);
});

describe('visitor ids', () => {
  const stored = (id: string) => ({ getItem: () => id, setItem: () => undefined, removeItem: () => undefined });
  const withVuid = (id: string) => ({ vuid: createVuidSource({ enableVuid: true, storage: stored(id) }) });
  const sent = (vuid: string) =>
    lab.odp.events
      .filter(({ identifiers }) => identifiers.vuid === vuid)
      .map(({ type, action, identifiers }) => ({ type, action, ...identifiers }));

  test('ready() waits for the id; a context without an id is then the visitor’s, and other ids are tied to it', async () => {
    const { client } = start(withVuid('vuid_a'));
    await client.ready();
    expect(client.vuid).toBe('vuid_a');
    expect(client.createUserContext().userId).toBe('vuid_a');
    client.createUserContext('ada');
    client.createUserContext('vuid_b');
    client.createUserContext('');
    client.sendOdpEvent({ action: 'view' });
    client.sendOdpEvent({ action: 'view', identifiers: { vuid: 'vuid_mine' } });
    await client.flush();
    expect(sent('vuid_a')).toEqual([
      { type: 'fullstack', action: 'client_initialized', vuid: 'vuid_a' },
      { type: 'fullstack', action: 'identified', vuid: 'vuid_a', fs_user_id: 'ada' },
      { type: 'fullstack', action: 'view', vuid: 'vuid_a' },
    ]);
    expect(sent('vuid_mine')).toHaveLength(1);
  });

  test('ready() goes on waiting for the id when a config comes first', async () => {
    let listener: Parameters<ConfigSource['subscribe']>[0] = () => undefined;
    let loaded: (id: string) => void = () => undefined;
    const config = createStaticConfig({ datafile: datafile() }).current();
    if (config === null) throw new Error('the datafile was refused');
    const subscribe: ConfigSource['subscribe'] = (told) => {
      listener = told;
      return () => undefined;
    };
    const load = () => new Promise<string>((resolve) => (loaded = resolve));
    const { client } = start({ config: { current: () => null, subscribe }, vuid: { load, current: () => null } });
    const order: string[] = [];
    const waiting = client.ready().then(() => order.push('ready'));
    for (const problems of [[], []]) listener({ type: 'config', config, problems });
    await new Promise((resolve) => setTimeout(resolve, 1));
    order.push('loaded');
    loaded('vuid_z');
    await waiting;
    expect(order).toEqual(['loaded', 'ready']);
  });

  test('without an integration nothing is announced and nothing is a problem', async () => {
    const { client, problems } = start(withVuid('vuid_c'), datafile([]));
    await client.ready();
    client.createUserContext('ada');
    await client.flush();
    expect(sent('vuid_c')).toEqual([]);
    expect(problems).toEqual([]);
  });

  test.each<[string, Partial<VuidSource>]>([
    ['rejects', { load: () => Promise.reject(new Error('no')) }],
    [
      'throws',
      {
        load: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'throws on reading',
      {
        load: async () => null,
        current: () => {
          throw new Error('no');
        },
      },
    ],
  ])('a source that %s leaves the client without an id, with a problem', async (_, vuid) => {
    const { client, problems } = start({ vuid: { load: async () => null, current: () => null, ...vuid } });
    await client.ready();
    expect(client.vuid).toBeNull();
    expect(() => client.createUserContext()).toThrow(expect.objectContaining({ code: 'invalid-user' }));
    expect(banner(client, 'ada')).toBe('plain');
    expect(problems).toMatchObject([{ code: 'vuid-failed', part: 'odp' }]);
  });
});

test('ODP is told the settings of every config', () => {
  const told: unknown[] = [];
  const odp: Odp = {
    fetchSegments: async (_: SegmentRequest) => [],
    sendEvent: () => undefined,
    configure: (settings) => told.push(settings),
  };
  const attach = vi.fn();
  start({ odp: { ...odp, attach } });
  start({ odp }, datafile([]));
  expect(attach).toHaveBeenCalledOnce();
  expect(told.at(-1)).toBeNull();
  expect(told[0]).toEqual({ apiKey: 'odp-key', apiHost: lab.url, pixelUrl: '', segmentsToCheck: ['vip'] });
});
