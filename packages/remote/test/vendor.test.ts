/** Requests, answers and retries beside the vendor's own Node SDK on one server, deviations listed. */
import { Experiment, type RemoteEvaluationConfig } from '@amplitude/experiment-node-server';
import type { Responder } from '@sortition/rig';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RemoteConfig, RemoteFetchOptions, RemoteUser } from '../src/index.ts';
import { createRemoteClient } from '../src/node/index.ts';
import { DEPLOYMENT_KEY, decode, json, openClient, openServer } from './clients.ts';

const user = { user_id: 'user-1', device_id: 'device-1' };
const on = { key: 'on', value: 'on' };
const noWaits = { fetchRetryBackoffMinMillis: 0, fetchRetryBackoffMaxMillis: 0 };

let instances = 0;

/** The factory hands out one client per key and instance name; every test wants its own. */
function openVendor(serverUrl: string, config: RemoteEvaluationConfig = {}) {
  instances += 1;
  return Experiment.initializeRemote(DEPLOYMENT_KEY, {
    serverUrl,
    fetchRetries: 0,
    logLevel: 0,
    instanceName: `test-${instances}`,
    ...config,
  });
}

/** Both clients on servers with the same script; answers what came out and what was asked. */
async function ask(
  script: readonly Responder[],
  call: { user?: object; options?: RemoteFetchOptions; config?: RemoteConfig & RemoteEvaluationConfig } = {},
) {
  const { user: asked = user, options = {}, config = {} } = call;
  const [theirServer, ourServer] = [await openServer(...script), await openServer(...script)];
  const theirs = openVendor(theirServer.url, config);
  const ours = openClient(createRemoteClient, ourServer.url, config);
  const outcome = (promise: Promise<unknown>) =>
    promise.then(
      (value) => ({ value: JSON.parse(JSON.stringify(value)) }),
      (error: unknown) => ({ error }),
    );
  const vendorOptions = options as Parameters<typeof theirs.fetchV2>[1];
  return {
    theirs: await outcome(theirs.fetchV2(asked as never, vendorOptions)),
    ours: await outcome(ours.fetch(asked as RemoteUser, { includeDefaultVariants: true, ...options })),
    theirRequests: theirServer.requests,
    ourRequests: ourServer.requests,
  };
}

const withoutLibrary = (text: string | undefined) => {
  const { library, ...rest } = decode(text) as Record<string, unknown>;
  return rest;
};

/** What a request says, without what each sender says of itself. */
const meaning = ({ method, path, headers, body }: (typeof empty)[number]) => ({
  method,
  path,
  body,
  authorization: headers.authorization,
  flagKeys: headers['x-amp-exp-flag-keys'],
  track: headers['x-amp-exp-track'],
  exposureTrack: headers['x-amp-exp-exposure-track'],
  user: withoutLibrary(headers['x-amp-exp-user']),
});
const empty: Awaited<ReturnType<typeof openServer>>['requests'] = [];

describe('beside the official Node SDK', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  const anyUser = fc.record(
    {
      user_id: text,
      device_id: text,
      country: text,
      user_properties: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text))),
      groups: fc.dictionary(text, fc.array(text)),
    },
    { requiredKeys: [] },
  );
  const anyOptions = fc.record(
    {
      flagKeys: fc.array(text),
      tracksAssignment: fc.boolean(),
      tracksExposure: fc.boolean(),
    },
    { requiredKeys: [] },
  );

  it('asks the same question with the same headers', async () => {
    const server = await openServer(json({}));
    const theirs = openVendor(server.url);
    const ours = openClient(createRemoteClient, server.url);
    await fc.assert(
      fc.asyncProperty(anyUser, anyOptions, async (someone, options) => {
        const before = server.requests.length;
        await theirs.fetchV2(someone as never, options);
        await ours.fetch(someone, options);
        const [vendorRequest, request] = server.requests.slice(before).map(meaning);
        expect(request).toEqual(vendorRequest);
      }),
      { numRuns: 150 },
    );
  });

  it('sends the same bytes for a user that names its library', async () => {
    const named = { library: 'custom/1', user_id: 'ü?>🚀' };
    const { theirRequests, ourRequests } = await ask([json({})], { user: named });
    expect(ourRequests[0]?.headers['x-amp-exp-user']).toBe(theirRequests[0]?.headers['x-amp-exp-user']);
    expect(ourRequests[0]?.headers['x-amp-exp-user']).toBe(
      'eyJsaWJyYXJ5IjoiY3VzdG9tLzEiLCJ1c2VyX2lkIjoiw7w_PvCfmoAifQ',
    );
  });

  it('reads the same variants', async () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string()));
    const variant = fc.record(
      { key: fc.string(), value, payload: fc.jsonValue(), metadata: fc.dictionary(fc.string(), fc.boolean()) },
      { requiredKeys: ['key'] },
    );
    const answers = fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      variant,
    );
    const server = await openServer(({ headers }) => json(withoutLibrary(headers['x-amp-exp-user']).answer));
    const theirs = openVendor(server.url);
    const ours = openClient(createRemoteClient, server.url);
    await fc.assert(
      fc.asyncProperty(answers, async (answer) => {
        const asked = { answer } as RemoteUser;
        const expected = JSON.parse(JSON.stringify(await theirs.fetchV2(asked as never)));
        expect(await ours.fetch(asked, { includeDefaultVariants: true })).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it.each([300, 301, 304, 400, 401, 403, 404, 408, 413, 429, 500, 503])('tries status %i as often', async (status) => {
    const { theirRequests, ourRequests, theirs, ours } = await ask([{ status, body: 'no' }], {
      config: { ...noWaits, fetchRetries: 2 },
    });
    expect(ourRequests.length).toBe(theirRequests.length);
    expect(ourRequests.length).toBe(status >= 400 && status < 500 && status !== 429 ? 1 : 3);
    for (const outcome of [theirs, ours]) expect(outcome).toHaveProperty('error');
  });

  it('takes the answer of a later attempt', async () => {
    const script: Responder[] = [{ status: 500 }, 'reset', json({ a: on })];
    const { theirs, ours, theirRequests, ourRequests } = await ask(script, { config: { ...noWaits, fetchRetries: 2 } });
    expect(ours).toEqual({ value: { a: on } });
    expect(theirs).toEqual(ours);
    expect(ourRequests.length).toBe(theirRequests.length);
  });
});

// Every row is a row of the table in the README.
describe('deviations from the official Node SDK', () => {
  it('library: ours is named where the user names none', async () => {
    const { theirRequests, ourRequests } = await ask([json({})]);
    const libraryOf = (requests: typeof empty) =>
      (decode(requests[0]?.headers['x-amp-exp-user']) as { library: string }).library;
    expect(libraryOf(theirRequests)).toMatch(/^experiment-node-server\//);
    expect(libraryOf(ourRequests)).toMatch(/^sortition-remote\//);
  });

  it('null: fields of the user that are null are not sent', async () => {
    const { theirRequests, ourRequests } = await ask([json({})], { user: { user_id: 'u', country: null } });
    expect(withoutLibrary(theirRequests[0]?.headers['x-amp-exp-user'])).toEqual({ user_id: 'u', country: null });
    expect(withoutLibrary(ourRequests[0]?.headers['x-amp-exp-user'])).toEqual({ user_id: 'u' });
  });

  it('big users: a POST instead of a header that servers refuse', async () => {
    const big = { user_id: 'u'.repeat(20_000) };
    const { theirRequests, ourRequests } = await ask([json({})], { user: big });
    expect(theirRequests[0]?.method).toBe('GET');
    expect(theirRequests[0]?.headers['x-amp-exp-user']?.length).toBeGreaterThan(20_000);
    expect(ourRequests[0]).toMatchObject({ method: 'POST', path: '/sdk/v2/vardata?v=0' });
    expect(JSON.parse(ourRequests[0]?.body ?? '')).toMatchObject(big);
  });

  it('compression: gzip is asked for and taken', async () => {
    const { theirRequests, ourRequests } = await ask([json({})]);
    expect(theirRequests[0]?.headers['accept-encoding']).toBeUndefined();
    expect(ourRequests[0]?.headers['accept-encoding']).toBe('gzip');
  });

  it('errors of fetch: rejected, not turned into nothing', async () => {
    const server = await openServer({ status: 401 });
    onTestFinished(() => void vi.restoreAllMocks());
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await openVendor(server.url).fetch(user)).toEqual({});
    await expect(openClient(createRemoteClient, server.url).fetch(user)).rejects.toMatchObject({
      cause: { status: 401 },
    });
  });

  it('filter of fetch: flags that only steer others are left out too', async () => {
    const server = await openServer(json({ a: on, mutex: { key: 'slot-1', metadata: { deployed: false } } }));
    expect(Object.keys(await openVendor(server.url).fetch(user))).toEqual(['a', 'mutex']);
    expect(Object.keys(await openClient(createRemoteClient, server.url).fetch(user))).toEqual(['a']);
  });

  it('which error: that of the last attempt, not of the first', async () => {
    const { theirs, ours } = await ask([{ status: 500 }, { status: 503 }], { config: { ...noWaits, fetchRetries: 1 } });
    expect(theirs).toMatchObject({ error: { statusCode: 500 } });
    expect(ours).toMatchObject({ error: { cause: { status: 503 } } });
  });

  it('final statuses: end the attempts whenever they come', async () => {
    const script = [{ status: 500 }, { status: 401 }];
    const { theirRequests, ourRequests } = await ask(script, { config: { ...noWaits, fetchRetries: 3 } });
    expect(theirRequests).toHaveLength(4);
    expect(ourRequests).toHaveLength(2);
  });

  it('malformed JSON: one more attempt, not all of them', async () => {
    const { theirRequests, ourRequests } = await ask([{ body: '<html>' }], { config: { ...noWaits, fetchRetries: 3 } });
    expect(theirRequests).toHaveLength(4);
    expect(ourRequests).toHaveLength(2);
  });

  it('garbage: refused, not taken for an answer', async () => {
    for (const [body, vendor] of [
      ['[]', {}],
      ['"text"', expect.anything()],
      ['{"a":{"value":"on"}}', { a: { value: 'on' } }],
    ] as const) {
      const { theirs, ours } = await ask([{ body }]);
      expect(theirs, body).toEqual({ value: vendor });
      expect(ours, body).toMatchObject({ error: { code: 'invalid-response' } });
    }
  });

  it('expKey: taken from the metadata when the service names it only there', async () => {
    const { theirs, ours } = await ask([json({ a: { ...on, metadata: { experimentKey: 'exp-1' } } })]);
    expect(theirs).not.toHaveProperty('value.a.expKey');
    expect(ours).toHaveProperty('value.a.expKey', 'exp-1');
  });

  it('timeouts: of the whole attempt, not of silence on the wire', async () => {
    const body = JSON.stringify({ a: on });
    const drip = { body, drip: { bytes: 2, everyMs: 60 } };
    const { theirs, ours } = await ask([drip], { config: { fetchTimeoutMillis: 300 } });
    expect(theirs).toEqual({ value: { a: on } });
    expect(ours).toMatchObject({ error: { code: 'timeout' } });
  });

  it('waits: spread above the least one, and as long as Retry-After says', async () => {
    const script = [{ status: 503, headers: { 'retry-after': '1' } }, json({})];
    const { theirRequests, ourRequests } = await ask(script, {
      config: { fetchRetries: 1, fetchRetryBackoffMinMillis: 100 },
    });
    const waited = (requests: typeof empty) => (requests[1]?.at ?? 0) - (requests[0]?.at ?? 0);
    expect(waited(theirRequests)).toBeLessThan(900);
    expect(waited(ourRequests)).toBeGreaterThan(900);
  });

  it('server URL: one slash more makes no double slash', async () => {
    const server = await openServer(json({}));
    await openVendor(`${server.url}/`).fetchV2(user);
    await openClient(createRemoteClient, `${server.url}/`).fetch(user);
    expect(server.requests.map(({ path }) => path)).toEqual(['//sdk/v2/vardata?v=0', '/sdk/v2/vardata?v=0']);
  });

  it('configuration: undefined is the default, nonsense is refused at construction', async () => {
    expect(() => openVendor('', { serverZone: undefined as never })).toThrow(TypeError);
    expect(() => createRemoteClient('key', { serverZone: undefined })).not.toThrow();
    expect(() => openVendor('', { serverZone: 'mars' })).not.toThrow();
    expect(() => createRemoteClient('key', { serverZone: 'mars' as 'US' })).toThrow(/serverZone/);
    expect(() => openVendor('http://service.example')).not.toThrow();
    expect(() => createRemoteClient('key', { serverUrl: 'http://service.example' })).toThrow(/https/);
    const keyless = Experiment.initializeRemote('', { fetchRetries: 0, logLevel: 0 });
    await expect(keyless.fetchV2(user)).rejects.toThrow(/empty/);
    expect(() => createRemoteClient('')).toThrow(/deployment key/);
    await expect(openVendor('', { fetchTimeoutMillis: 0 }).fetchV2(user)).rejects.toThrow();
    expect(() => createRemoteClient('key', { fetchTimeoutMillis: 0 })).toThrow(/fetchTimeoutMillis/);
  });

  it('retries: none unless asked for, instead of eight', async () => {
    const server = await openServer({ status: 500 });
    instances += 1;
    const config = { ...noWaits, serverUrl: server.url, instanceName: `test-${instances}` };
    const theirs = Experiment.initializeRemote(DEPLOYMENT_KEY, { ...config, logLevel: 0 });
    await theirs.fetchV2(user).catch(() => undefined);
    expect(server.requests).toHaveLength(9);
    const ours = openClient(createRemoteClient, server.url, noWaits);
    await ours.fetch(user).catch(() => undefined);
    expect(server.requests).toHaveLength(10);
  });
});
