import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import {
  type Client,
  createClient,
  createMemoryProfileStore,
  createStaticConfig,
  type UserProfileStore,
} from 'sortition';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { assembleServer } from '../src/decision-server.ts';
import type { DecisionServerOptions } from '../src/index.ts';
import { createRequestListener } from '../src/node/request-listener.ts';
import { SDK_KEY } from './shop.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllGlobals();
  for (const close of closing.splice(0).reverse()) await close();
});

const TOKEN = 'a-long-token-for-servers';
const BEARER = `Bearer ${TOKEN}`;
const TOKENS = [{ token: TOKEN, scope: 'all' }] as const;
const GUARDED = { allowedHosts: ['127.0.0.1', 'localhost'] };

interface Served {
  readonly port: number;
  /** How many requests went through `fetch`. */
  readonly fetched: () => number;
}

interface Options extends Omit<DecisionServerOptions, 'projects'> {
  readonly profiles?: UserProfileStore;
}

/** @param createUserContext Instead of the client's own. */
async function serve(
  { profiles, ...options }: Options = {},
  createUserContext?: Client['createUserContext'],
): Promise<Served> {
  const datafile = JSON.stringify(SHOP_DATAFILE);
  const config = createStaticConfig({ datafile });
  const client = createClient({ config, events: null, logger: false, ...(profiles && { profiles }) });
  const server = assembleServer({
    projects: [{ sdkKey: SDK_KEY, client: createUserContext ? { ...client, createUserContext } : client }],
    ...options,
  });
  let count = 0;
  const throughFetch = getRequestListener((asked) => {
    count += 1;
    return server.fetch(asked);
  });
  closing.push(async () => {
    await server.close();
    await client.close();
  });
  const port = await listen(createRequestListener(server.direct, throughFetch, () => true));
  return { port, fetched: () => count };
}

/** Returns the port. */
async function listen(listener: RequestListener): Promise<number> {
  const http = createServer(listener);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  return (http.address() as AddressInfo).port;
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

/** Several values are sent as lines of their own. */
type SentHeaders = Record<string, string | string[]>;

/** Sends a body of a known length, or in pieces without one. */
function post(
  { port }: Pick<Served, 'port'>,
  path: string,
  body: string | Uint8Array,
  headers: SentHeaders = {},
  isAnnounced = true,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request({
      port,
      path,
      method: 'POST',
      headers: Object.entries({
        host: '127.0.0.1',
        'content-type': 'application/json',
        'x-optimizely-sdk-key': SDK_KEY,
        ...(isAnnounced ? { 'content-length': String(Buffer.byteLength(body)) } : { 'transfer-encoding': 'chunked' }),
        ...headers,
      }).flatMap(([name, values]) => [values].flat().flatMap((value) => [name, value])),
    });
    asked.once('error', reject).once('response', (answer: IncomingMessage) => {
      let text = '';
      const { date: _date, connection: _connection, 'keep-alive': _keepAlive, ...others } = answer.headers;
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      answer.once('end', () => resolve({ status: answer.statusCode, headers: others, text }));
    });
    asked.setTimeout(10_000, () => asked.destroy(new Error('There was no answer.')));
    asked.write(body);
    asked.end();
  });
}

/** Has the global Promise be another class than that of async functions, as zone.js and core-js do. */
function replacePromise(): void {
  vi.stubGlobal('Promise', class Replaced<T> extends Promise<T> {});
}

const context = { targetingKey: 'qa-robot', country: 'FR' };
const one = JSON.stringify({ context });
const user = JSON.stringify({ userId: 'grüße-1', userAttributes: { country: 'FR' } });

describe('requests of Node', () => {
  it.each<[string, string, string | Uint8Array, SentHeaders?, Options?]>([
    ['one flag', '/ofrep/v1/evaluate/flags/checkout', one],
    ['an address', '/ofrep/v1/evaluate/flags/checkout.$variation', one],
    ['an unknown flag', '/ofrep/v1/evaluate/flags/none', one],
    ['no targeting key', '/ofrep/v1/evaluate/flags/checkout', '{"context":{}}'],
    ['broken JSON of one flag', '/ofrep/v1/evaluate/flags/checkout', '{'],
    ['all flags', '/ofrep/v1/evaluate/flags', one],
    ['all addresses', '/ofrep/v1/evaluate/flags?addresses=all', one],
    ['an empty body', '/ofrep/v1/evaluate/flags', ''],
    ['a decision', '/v1/decide?keys=checkout', user],
    ['decisions', '/v1/decide?keys=checkout&keys=gift%5Fwrap', user],
    ['every decision', '/v1/decide', user],
    ['a decision for no user', '/v1/decide', '{}'],
    ['a list', '/v1/decide', '[]'],
    ['another encoding', '/v1/decide', Uint8Array.from([0x7b, 0xe9, 0x7d])],
    ['a byte order mark', '/v1/decide?keys=checkout', `\ufeff${user}`],
    ['another content type', '/v1/decide', user, { 'content-type': 'text/plain' }],
    ['another project', '/v1/decide', user, { 'x-optimizely-sdk-key': 'other' }],
    ['no project', '/v1/decide', user, { 'x-optimizely-sdk-key': '' }],
    ['a conversion', '/v1/track?eventKey=purchase', user],
    ['a conversion without its event', '/v1/track', user],
    ['an activation', '/v1/activate?type=feature', user],
    ['a lookup without a store', '/v1/lookup', user],
    ['an override without a store', '/v1/override', user],
    ['a platform event', '/v1/send-odp-event', '{"action":"view","identifiers":{"vuid":"v"}}'],
    ['a route that does not exist', '/v1/decides', user],
    ['a path with dots', '/v1/x/../decide?keys=checkout', user],
    ['a path with escapes', '/v1/%64ecide?keys=checkout', user],
    ['a host with spaces', '/v1/decide?keys=checkout', user, { host: 'a b' }],
    ['a host', '/v1/decide', user, { host: 'localhost' }, GUARDED],
    ['two hosts', '/v1/decide', user, { host: ['localhost', 'evil.example'] }, GUARDED],
    ['two tokens', '/v1/decide', user, { authorization: [BEARER, 'Bearer other'] }, { tokens: TOKENS }],
    ['two content types', '/v1/decide', user, { 'content-type': ['application/json', 'text/plain'] }],
    ['two content types in other cases', '/v1/decide', user, { 'Content-Type': 'text/plain' }],
    ['two projects', '/v1/decide', user, { 'x-optimizely-sdk-key': [SDK_KEY, 'other'] }],
    ['two tags', '/ofrep/v1/evaluate/flags', one, { 'if-none-match': ['"a"', '"b"'] }],
  ])('are answered %s as through fetch', async (_what, path, body, headers, options) => {
    const served = await serve(options);
    const direct = await post(served, path, body, headers);
    const before = served.fetched();
    const fetched = await post(served, path, body, headers, false);
    expect(served.fetched()).toBe(before + (headers?.host === 'a b' ? 0 : 1));
    const { 'content-length': _length, 'transfer-encoding': _encoding, ...others } = fetched.headers;
    expect(direct).toMatchObject({ ...fetched, headers: others });
  });

  it('are answered without fetch where the body has a length and the path is plain', async () => {
    const served = await serve();
    for (const path of ['/ofrep/v1/evaluate/flags/checkout', '/ofrep/v1/evaluate/flags', '/v1/decide'])
      await post(served, path, path.startsWith('/v1') ? user : one);
    expect(served.fetched()).toBe(0);
    const { headers } = await post(served, '/ofrep/v1/evaluate/flags', one);
    const same = await post(served, '/ofrep/v1/evaluate/flags', one, { 'if-none-match': String(headers.etag) });
    expect([same.status, same.text, same.headers]).toEqual([304, '', { etag: headers.etag }]);
  });

  it('get the answer for their own user when many come together', async () => {
    const served = await serve();
    const ids = Array.from({ length: 300 }, (_, index) => `user-${index}`);
    const all = await Promise.all(
      ids.map((userId) => post(served, '/v1/decide?keys=checkout', JSON.stringify({ userId }))),
    );
    expect(all.map(({ text }) => JSON.parse(text).userContext.userId)).toEqual(ids);
    expect(served.fetched()).toBe(0);
  });

  it('[SRV-03] are refused beyond the bytes of a body', async () => {
    const served = await serve({ limits: { maxBodyBytes: 100 } });
    const text = JSON.stringify({ userId: 'a'.repeat(200) });
    expect((await post(served, '/v1/decide', text)).status).toBe(413);
    expect((await post(served, '/v1/decide', text, {}, false)).status).toBe(413);
    expect((await post(served, '/v1/decide', user)).status).toBe(200);
  });

  it('[SRV-01] are refused without a token, and from other hosts', async () => {
    const served = await serve({ tokens: TOKENS, ...GUARDED });
    const bearer = { authorization: BEARER };
    expect((await post(served, '/v1/decide', user)).status).toBe(401);
    expect((await post(served, '/v1/decide', user, { authorization: `Bearer ${TOKEN}x` })).status).toBe(401);
    expect((await post(served, '/v1/decide', user, { ...bearer, host: 'evil.example' })).status).toBe(403);
    expect((await post(served, '/v1/decide', user, { ...bearer, host: ['localhost', 'evil.example'] })).status).toBe(
      403,
    );
    expect((await post(served, '/v1/decide', user, { authorization: [BEARER, 'Bearer other'] })).status).toBe(401);
    expect((await post(served, '/v1/decide', user, bearer)).status).toBe(200);
  });

  it('get the headers for pages of other origins where those may ask', async () => {
    const served = await serve({ cors: ['https://shop.example'] });
    const answer = await post(served, '/ofrep/v1/evaluate/flags', one, { origin: 'https://shop.example' });
    expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example');
  });

  it('[SRV-05] count from their first byte until they are answered or their client leaves', async () => {
    const served = await serve({ limits: { maxConcurrent: 1 } });
    const slow = request({
      port: served.port,
      path: '/v1/decide',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-optimizely-sdk-key': SDK_KEY, 'content-length': '100' },
    });
    slow.on('error', () => undefined);
    slow.write('{');
    const status = async () => (await post(served, '/v1/decide', user)).status;
    await expect.poll(status).toBe(429);
    slow.destroy();
    await expect.poll(status).toBe(200);
    expect(await status()).toBe(200);
  });

  it.each<[string, boolean]>([
    ['of a known length', true],
    ['in pieces', false],
  ])('are answered when metrics and logger fail, with a body %s', async (_what, isAnnounced) => {
    const fail = vi.fn(() => {
      throw new Error('out of order');
    });
    const options = {
      limits: { maxConcurrent: 1 },
      metrics: { observe: fail, text: () => '' },
      logger: { debug: fail, info: fail, warn: fail, error: fail },
    };
    const whole = await serve(options);
    const broken = await serve(options, fail);
    for (let round = 0; round < 2; round += 1) {
      expect((await post(whole, '/v1/decide', user, {}, isAnnounced)).status).toBe(200);
      expect(await post(broken, '/v1/decide', user, {}, isAnnounced)).toMatchObject({
        status: 500,
        text: '{"error":"The server failed to answer this request."}',
      });
    }
    expect(fail).toHaveBeenCalled();
  });

  it.each<[string, string, string, SentHeaders?, Options?]>([
    ['one flag', '/ofrep/v1/evaluate/flags/checkout', one],
    ['all flags', '/ofrep/v1/evaluate/flags', one],
    ['all flags with a signed address', '/ofrep/v1/evaluate/flags', one, { authorization: BEARER }, { tokens: TOKENS }],
    ['a decision', '/v1/decide?keys=checkout', user],
    ['every decision', '/v1/decide', user],
    ['an activation', '/v1/activate?type=feature', user],
  ])('are answered %s where the global Promise was replaced', async (_what, path, body, headers, options) => {
    // Profiles have to be waited for.
    const observe = vi.fn();
    const metrics = { observe, text: () => '' };
    const served = await serve({ ...options, metrics, profiles: createMemoryProfileStore() });
    replacePromise();
    const { status, text } = await post(served, path, body, headers);
    expect([status, text]).toEqual([200, expect.stringContaining('checkout')]);
    expect(observe.mock.calls).toMatchObject([[{ status: 200 }]]);
    expect(served.fetched()).toBe(0);
  });

  it('are hung up on when they cannot be answered', async () => {
    const answer = async () => ({ status: 200, text: '{}', headers: { 'not a name': '' } });
    const begin = () => ({ answer, abandon: () => undefined });
    const port = await listen(
      createRequestListener(
        { begin },
        () => undefined,
        () => true,
      ),
    );
    await expect(post({ port }, '/v1/decide', user)).rejects.toThrow('socket hang up');
  });

  it.each<[string, () => void]>([
    ['', () => undefined],
    [' where the global Promise was replaced', replacePromise],
  ])('log once that metrics fail%s', async (_where, prepare) => {
    const error = vi.fn();
    const ignore = () => undefined;
    const served = await serve({
      metrics: {
        observe: async () => {
          throw new Error('out of order');
        },
        text: () => '',
      },
      logger: { debug: ignore, info: ignore, warn: ignore, error },
    });
    prepare();
    for (let round = 0; round < 2; round += 1) await post(served, '/v1/decide', user);
    expect(error.mock.calls).toMatchObject([[{ code: 'metrics-failed' }, expect.stringContaining('"observe"')]]);
  });
});
