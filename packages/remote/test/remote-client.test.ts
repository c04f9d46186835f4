import { createLabServer } from '@sortition/emulator';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RemoteUser, Variants } from '../src/index.ts';
import {
  DEPLOYMENT_KEY,
  debugLogger,
  decode,
  ENTRIES,
  json,
  openClient,
  openCountingServer,
  openServer,
} from './clients.ts';

const user = { user_id: 'user-1', device_id: 'device-1' };
const on = { key: 'on', value: 'on', payload: 'payload' };

describe.each(ENTRIES)('%s', (_name, create) => {
  it("resolves a user's variants", async () => {
    const lab = await createLabServer({
      vardata: {
        decide: ({ user }) => ({ 'sdk-ci-test': user.user_id === 'user-1' ? on : { key: 'off' } }),
        deploymentKeys: [DEPLOYMENT_KEY],
      },
    });
    onTestFinished(() => lab.close());
    const client = openClient(create, lab.url);
    const variants = await client.fetch(user);
    expect(variants).toEqual({ 'sdk-ci-test': on });
    expect(variants['sdk-ci-test']?.value === 'on').toBe(true);
    expect(variants.missing?.value === 'on').toBe(false);
    const [request] = lab.vardata.requests.recent;
    expect(request).toMatchObject({ method: 'GET', path: '/sdk/v2/vardata?v=0', body: '' });
    expect(request?.headers.authorization).toBe(`Api-Key ${DEPLOYMENT_KEY}`);
    expect(decode(request?.headers['x-amp-exp-user'])).toMatchObject(user);
  });

  it('asks for some flags and says what to track', async () => {
    const lab = await createLabServer({ vardata: { decide: () => ({ a: on, b: on, c: on }) } });
    onTestFinished(() => lab.close());
    const client = openClient(create, lab.url);
    const options = { flagKeys: ['a', 'c'], tracksAssignment: false, tracksExposure: true };
    expect(Object.keys(await client.fetch(user, options))).toEqual(['a', 'c']);
    expect(lab.vardata.requests.recent[0]?.headers).toMatchObject({
      'x-amp-exp-track': 'no-track',
      'x-amp-exp-exposure-track': 'track',
    });
  });

  it('leaves default variants out unless asked for them', async () => {
    const off = { key: 'off', metadata: { default: true } };
    const server = await openServer(json({ a: on, off, mutex: { ...on, metadata: { deployed: false } } }));
    const client = openClient(create, server.url);
    expect(Object.keys(await client.fetch(user))).toEqual(['a']);
    expect(Object.keys(await client.fetch(user, { includeDefaultVariants: true }))).toEqual(['a', 'off', 'mutex']);
  });

  it('rejects, unless there is a fallback', async () => {
    const server = await openServer({ status: 401, body: 'no' });
    const client = openClient(create, server.url);
    await expect(client.fetch(user)).rejects.toMatchObject({
      name: 'SdkError',
      code: 'request-failed',
      cause: { status: 401 },
    });
    const fallback: Variants = Object.freeze({ a: on });
    expect(await client.fetch(user, { fallback })).toBe(fallback);
    await expect(client.fetch(null as never)).rejects.toMatchObject({ code: 'invalid-user' });
    expect(await client.fetch(null as never, { fallback })).toBe(fallback);
  });

  it('ends a fetch when its signal is aborted', async () => {
    let requests = 0;
    const server = await openCountingServer(() => {
      requests += 1;
    });
    const client = openClient(create, server.url);
    const controller = new AbortController();
    const fetching = client.fetch(user, { signal: controller.signal });
    await expect.poll(() => requests).toBe(1);
    controller.abort(new Error('enough'));
    await expect(fetching).rejects.toMatchObject({ code: 'aborted' });
    await expect(client.fetch(user, { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
    await vi.waitFor(() => expect(server.open()).toBe(0), { timeout: 5_000 });
    expect(requests).toBe(1);
  });

  it('ends what is under way when it is closed, waits included, and fetches no more', async () => {
    const server = await openServer('never', { status: 500 });
    const client = openClient(create, server.url, {
      fetchRetries: 5,
      fetchRetryBackoffMinMillis: 60_000,
      fetchRetryBackoffMaxMillis: 60_000,
      random: () => 0.99,
    });
    const fetching = Array.from({ length: 3 }, () => client.fetch(user));
    await server.received(3);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await client.close();
    await client.close();
    for (const ended of await Promise.allSettled([...fetching, client.fetch(user)])) {
      expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'closed' } });
    }
    expect(server.requests).toHaveLength(3);
    const fallback = {};
    expect(await client.fetch(user, { fallback })).toBe(fallback);
  });

  it('runs the callback exactly once and resolves after it', async () => {
    const server = await openServer(json({ a: on }), { status: 400 });
    const client = openClient(create, server.url);
    const callback = vi.fn();
    await client.fetchAsync(user, callback);
    expect(callback.mock.calls).toEqual([[user, { a: on }]]);

    await client.fetchAsync(user, callback);
    expect(callback).toHaveBeenCalledTimes(2);
    expect(callback.mock.lastCall).toEqual([user, {}, expect.objectContaining({ code: 'request-failed' })]);

    const fallback = { b: on };
    await client.fetchAsync(user, callback, { fallback });
    expect(callback.mock.lastCall).toEqual([user, fallback, expect.objectContaining({ code: 'request-failed' })]);
    await client.fetchAsync(user);
    expect(server.requests).toHaveLength(4);
  });

  it('survives a callback that throws or rejects, and hands its work over', async () => {
    const server = await openServer(json({}));
    const error = vi.fn();
    const waitUntil = vi.fn();
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error };
    const client = openClient(create, server.url, { logger, waitUntil });
    const throwing = vi.fn(() => {
      throw new Error('callback');
    });
    await client.fetchAsync(user, throwing);
    await client.fetchAsync(user, async () => {
      throw new Error('later');
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(throwing).toHaveBeenCalledTimes(1);
    expect(error).toHaveBeenCalledTimes(2);
    expect(waitUntil).toHaveBeenCalledTimes(2);
    await expect(waitUntil.mock.calls[0]?.[0]).resolves.toBeUndefined();
  });

  it('talks at debug level only when told to, and never of users', async () => {
    const server = await openServer({ status: 500 }, json({ a: on }));
    const lines: string[] = [];
    const log = (level: string) => (fields: object, message: string) =>
      lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
    const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
    const config = { logger, fetchRetries: 1 };
    await openClient(create, server.url, config).fetch({ user_id: 'canary-user' });
    expect(lines).toEqual([]);

    server.script({ status: 500 }, json({ a: on }), { status: 400 });
    const client = openClient(create, server.url, { ...config, debug: true });
    await client.fetch({ user_id: 'canary-user' });
    await client.fetch({ user_id: 'canary-user' }, { fallback: {} });
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['debug', 'debug', 'debug', 'debug', 'warn']);
    expect(lines.join()).toContain('server****');
    expect(lines.join()).not.toContain('canary');
  });

  it('talks at debug level of attempts without an answer, the last one included', async () => {
    const fetch = vi.fn(async () => Promise.reject(new TypeError('no connection')));
    const attempts: unknown[] = [];
    const logger = debugLogger((fields) => 'attempt' in fields && attempts.push(fields.attempt));
    const config = { fetch, logger, debug: true, fetchRetries: 1, fetchRetryBackoffMinMillis: 1 };
    await openClient(create, 'https://api.example', config).fetch(user, { fallback: {} });
    expect(attempts).toEqual([0, 1]);
  });

  it('is not harmed by a logger that throws, and uses the console by default', async () => {
    const server = await openServer({ status: 400 });
    const logger = new Proxy({} as never, {
      get() {
        throw new Error('logger');
      },
    });
    await openClient(create, server.url, { logger, debug: true }).fetch(user, { fallback: {} });

    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const debug = vi.spyOn(console, 'debug').mockImplementation(() => undefined);
    onTestFinished(() => void vi.restoreAllMocks());
    await openClient(create, server.url, { logger: undefined }).fetch(user, { fallback: {} });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(debug).not.toHaveBeenCalled();
  });

  it('sends through the fetch it is given', async () => {
    const fetch = vi.fn(async () => Response.json({ a: on }));
    const client = openClient(create, 'https://api.example', { fetch });
    expect(await client.fetch(user)).toEqual({ a: on });
    expect(fetch.mock.calls).toEqual([
      ['https://api.example/sdk/v2/vardata?v=0', expect.objectContaining({ method: 'GET' })],
    ]);
  });

  it('does not change what it is given', async () => {
    const server = await openServer(json({ a: on }));
    const frozen: RemoteUser = Object.freeze({ user_id: 'u', groups: Object.freeze({ org: Object.freeze(['o']) }) });
    const options = Object.freeze({ flagKeys: Object.freeze(['a']) });
    await openClient(create, server.url).fetch(frozen, options);
    expect(decode(server.requests[0]?.headers['x-amp-exp-user'])).toMatchObject({ groups: { org: ['o'] } });
  });
});
