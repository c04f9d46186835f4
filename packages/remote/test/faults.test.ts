/** The rows of the fault catalogue about remote evaluation, through both entries and real sockets. */
import { setMaxListeners } from 'node:events';
import { inspect } from 'node:util';
import { createLabServer } from '@sortition/emulator';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createCachedRemoteClient, createRemoteClient, type RemoteConfig } from '../src/index.ts';
import { parseVariants } from '../src/remote-variants.ts';
import { DEPLOYMENT_KEY, debugLogger, ENTRIES, json, openClient, openCountingServer, openServer } from './clients.ts';

const user = { user_id: 'user-1' };
const on = { key: 'on', value: 'on' };
const noWaits: RemoteConfig = { fetchRetryBackoffMinMillis: 0, fetchRetryBackoffMaxMillis: 0 };

describe.each(ENTRIES)('fault catalogue: remote evaluation, %s', (_name, create) => {
  it.each([201, 204, 301, 304, 307, 429, 500, 502, 503, 504])('[REV-01] status %i is tried again', async (status) => {
    const server = await openServer({ status, headers: { location: '/elsewhere' } }, json({ a: on }));
    const client = openClient(create, server.url, { ...noWaits, fetchRetries: 1 });
    expect(await client.fetch(user)).toEqual({ a: on });
    expect(server.requests.map(({ path }) => path)).toEqual(Array(2).fill('/sdk/v2/vardata?v=0'));
  });

  it.each([400, 401, 403, 404, 408, 410, 413, 418, 422])('[REV-01] status %i is final', async (status) => {
    const server = await openServer({ status, body: 'no' }, json({}));
    const client = openClient(create, server.url, { ...noWaits, fetchRetries: 3 });
    await expect(client.fetch(user)).rejects.toMatchObject({ code: 'request-failed', cause: { status } });
    expect(server.requests).toHaveLength(1);
  });

  it('[REV-01] a final status ends the attempts also when it comes later', async () => {
    const server = await openServer({ status: 500 }, { status: 401 }, json({}));
    const client = openClient(create, server.url, { ...noWaits, fetchRetries: 5 });
    await expect(client.fetch(user)).rejects.toMatchObject({ cause: { status: 401 } });
    expect(server.requests).toHaveLength(2);
  });

  it('[REV-01] a broken connection and a refused one are tried again', async () => {
    const server = await openServer('reset', 'reset', json({ a: on }));
    // The transport for Node repeats a request whose kept connection was reset; these connections are new.
    const client = openClient(create, server.url, { ...noWaits, fetchRetries: 2 });
    expect(await client.fetch(user)).toEqual({ a: on });
    expect(server.requests).toHaveLength(3);
    await server.close();
    const failures: unknown[] = [];
    const logger = debugLogger((fields) => failures.push(fields));
    const late = openClient(create, server.url, { ...noWaits, fetchRetries: 2, debug: true, logger });
    await expect(late.fetch(user)).rejects.toMatchObject({ code: 'request-failed' });
    // Three attempts that failed, and two waits between them.
    expect(failures).toHaveLength(5);
  });

  it('[REV-01] no more attempts than asked for', async () => {
    const server = await openServer({ status: 500 });
    await expect(openClient(create, server.url).fetch(user)).rejects.toMatchObject({ cause: { status: 500 } });
    expect(server.requests).toHaveLength(1);
    await expect(openClient(create, server.url, { ...noWaits, fetchRetries: 8 }).fetch(user)).rejects.toThrow();
    expect(server.requests).toHaveLength(10);
  });

  it('[REV-01] a malformed answer is tried again once', async () => {
    const server = await openServer({ body: '<html>' }, json({ a: on }), { body: '<html>' });
    const client = openClient(create, server.url, { ...noWaits, fetchRetries: 8 });
    expect(await client.fetch(user)).toEqual({ a: on });
    await expect(client.fetch(user)).rejects.toMatchObject({ code: 'invalid-response' });
    expect(server.requests).toHaveLength(4);
  });

  it('[REV-01] Retry-After is waited for, and ends the attempts when it asks for too long', async () => {
    const server = await openServer({ status: 503, headers: { 'retry-after': '1' } }, json({ a: on }));
    const client = openClient(create, server.url, { fetchRetries: 1 });
    await client.fetch(user);
    const [first, second] = server.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(900);

    server.script({ status: 503, headers: { 'retry-after': '3600' } }, json({}));
    await expect(client.fetch(user)).rejects.toMatchObject({ cause: { status: 503, retryAfterMs: 3_600_000 } });
    expect(server.requests).toHaveLength(3);
  });

  it('[REV-02] an answer that drips ends with the deadline of its attempt', async () => {
    const body = JSON.stringify({ a: on });
    const server = await openServer({ body, drip: { bytes: 1, everyMs: 40 } });
    const client = openClient(create, server.url, {
      ...noWaits,
      fetchTimeoutMillis: 150,
      fetchRetries: 1,
      fetchRetryTimeoutMillis: 100,
    });
    const started = performance.now();
    await expect(client.fetch(user)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('100 ms'),
    });
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(server.requests).toHaveLength(2);
  });

  it('[REV-02] the worst case is the sum of deadlines and waits', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const attempts: number[] = [];
    const started = Date.now();
    const client = openClient(create, 'https://api.example', {
      fetch: () => {
        attempts.push(Date.now() - started);
        return new Promise(() => undefined);
      },
      fetchTimeoutMillis: 1_000,
      fetchRetries: 3,
      fetchRetryTimeoutMillis: 200,
      fetchRetryBackoffMinMillis: 100,
      fetchRetryBackoffMaxMillis: 150,
      random: () => 1,
    });
    const fetching = expect(client.fetch(user)).rejects.toMatchObject({ code: 'timeout' });
    await vi.advanceTimersByTimeAsync(1_000 + 150 + 200 + 150 + 200 + 150 + 200);
    await fetching;
    expect(attempts).toEqual([0, 1_150, 1_500, 1_850]);
  });

  it('[REV-02] the signal ends waits too', async () => {
    const server = await openServer({ status: 500 });
    const client = openClient(create, server.url, {
      fetchRetries: 1,
      fetchRetryBackoffMinMillis: 60_000,
      fetchRetryBackoffMaxMillis: 60_000,
      random: () => 0.99,
    });
    const controller = new AbortController();
    const fetching = client.fetch(user, { signal: controller.signal });
    await server.received(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    controller.abort();
    await expect(fetching).rejects.toMatchObject({ code: 'aborted' });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['never answers', 'never'],
    ['never ends its headers', { raw: 'HTTP/1.1 200 OK\r\ncontent-type: ', after: 'hang' }],
    ['stops in the middle of the body', { body: '{"a":', headers: { 'content-length': '100' }, after: 'hang' }],
  ] as const)('[REV-03] a server that %s is left after the deadline', async (_, responder) => {
    const server = await openServer(responder);
    const client = openClient(create, server.url, { fetchTimeoutMillis: 200 });
    const started = performance.now();
    await expect(client.fetch(user)).rejects.toMatchObject({ code: 'timeout' });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('[REV-03] no connection is left open after a deadline', async () => {
    const server = await openCountingServer(() => undefined);
    const client = openClient(create, server.url, { fetchTimeoutMillis: 100 });
    await expect(client.fetch(user)).rejects.toMatchObject({ code: 'timeout' });
    await vi.waitFor(() => expect(server.open()).toBe(0), { timeout: 5_000 });
  });

  it.each([
    ['fin', 'length'],
    ['rst', 'length'],
    ['fin', 'chunked'],
    ['rst', 'chunked'],
  ] as const)(
    '[REV-03] an answer cut off by %s, framed by %s, is an error and not half an answer',
    async (after, framing) => {
      const body = JSON.stringify({ a: on, b: on });
      for (let cutAt = 0; cutAt < body.length; cutAt += Math.ceil(body.length / 6)) {
        const server = await openServer({ body, framing, cutAt, after });
        await expect(openClient(create, server.url).fetch(user), `cut at ${cutAt}`).rejects.toMatchObject({
          code: 'request-failed',
        });
      }
    },
  );

  it('[REV-04] a user too big for a header travels in the body of a POST', async () => {
    const seen: unknown[] = [];
    const lab = await createLabServer({
      vardata: {
        decide: ({ user }) => {
          seen.push(user.user_properties);
          return { a: on };
        },
      },
    });
    onTestFinished(() => lab.close());
    const client = openClient(create, lab.url);
    const properties = { text: '🚀'.repeat(5_000) };
    expect(await client.fetch({ ...user, user_properties: properties })).toEqual({ a: on });
    expect(seen).toEqual([properties]);
    expect(lab.vardata.requests.recent[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(lab.vardata.requests.recent[0]?.headers).not.toHaveProperty('x-amp-exp-user');
  });

  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a text', '"str"'],
    ['a number', '5'],
    ['a list', '[]'],
    ['HTML', '<html></html>'],
    ['truncated JSON', '{"a":'],
    ['a byte order mark', '\ufeff{}'],
    ['a variant that is null', '{"a":null}'],
    ['a variant that is a text', '{"a":"on"}'],
    ['a variant that is a list', '{"a":[]}'],
    ['a variant without a key', '{"a":{"value":"on"}}'],
    ['a key that is no text', '{"a":{"key":5}}'],
    ['metadata that is no object', '{"a":{"key":"on","metadata":"x"}}'],
  ])('[REV-05] %s is no answer', async (_, body) => {
    const server = await openServer({ body });
    const client = openClient(create, server.url);
    await expect(client.fetch(user)).rejects.toMatchObject({ name: 'SdkError', code: 'invalid-response' });
    const fallback = { a: on };
    expect(await client.fetch(user, { fallback })).toBe(fallback);
  });

  it.each([
    ['null', 'null'],
    ['a text', '"on"'],
    ['no key', '{"value":"on"}'],
    ['metadata that is no object', '{"key":"on","metadata":"x"}'],
  ])('[REV-05] %s among variants costs that flag alone, and is told', async (_, broken) => {
    const server = await openServer({ body: `{"a":{"key":"on","value":"on"},"bad":${broken}}` });
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    expect(await openClient(create, server.url, { logger }).fetch(user)).toEqual({ a: on });
    expect(logger.warn.mock.calls).toEqual([[{ count: 1, flagKeys: ['bad'] }, 'Malformed variants were left out.']]);
    expect(server.requests).toHaveLength(1);
  });

  it('[REV-05] bytes that are no UTF-8 are no answer', async () => {
    const server = await openServer({ body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x7b, 0x7d, 0x7d]) });
    await expect(openClient(create, server.url).fetch(user)).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('[REV-05] [SEC-05] a hostile answer changes no prototype', async () => {
    const body =
      '{"__proto__":{"key":"on","value":"polluted"},"a":{"key":"on","__proto__":{"value":"polluted"},"metadata":{"__proto__":{"default":true}}}}';
    const server = await openServer({ body });
    const variants = await openClient(create, server.url).fetch(user);
    expect(({} as { value?: string }).value).toBeUndefined();
    expect(Object.getPrototypeOf(variants)).toBe(Object.prototype);
    expect(Object.keys(variants)).toEqual(['__proto__', 'a']);
    expect(variants.a?.value).toBeUndefined();
  });

  it('[REV-06] each fetch gets the answer to its own question', async () => {
    const server = await openServer(({ headers }) => {
      const { user_id } = JSON.parse(Buffer.from(headers['x-amp-exp-user'] ?? '', 'base64url').toString());
      return { ...json({ a: { key: user_id } }), delayMs: user_id.endsWith('0') ? 60 : 0 };
    });
    const client = openClient(create, server.url);
    const ids = Array.from({ length: 20 }, (_, index) => `u-${index}`);
    const answers = await Promise.all(ids.map((user_id) => client.fetch({ user_id })));
    expect(answers.map(({ a }) => a?.key)).toEqual(ids);
  });

  it('[REV-07] waits are spread evenly between the least one and their ceiling', async () => {
    const delays: number[] = [];
    const logger = debugLogger((fields) => 'delayMs' in fields && delays.push(Number(fields.delayMs)));
    const client = openClient(create, 'https://api.example', {
      fetch: async () => new Response('', { status: 500 }),
      fetchRetries: 1,
      fetchRetryBackoffMinMillis: 8_000,
      fetchRetryBackoffMaxMillis: 16_000,
      random: undefined,
      debug: true,
      logger,
    });
    const fetching = Promise.allSettled(Array.from({ length: 2_000 }, () => client.fetch(user)));
    await vi.waitFor(() => expect(delays).toHaveLength(2_000), { timeout: 10_000 });
    await client.close();
    await fetching;
    const bins = Array.from(
      { length: 8 },
      (_, bin) => delays.filter((delay) => Math.floor(delay / 1_000) - 8 === bin).length,
    );
    const chiSquared = bins.reduce((sum, count) => sum + (count - 250) ** 2 / 250, 0);
    // 7 degrees of freedom; one run in a million is above.
    expect(chiSquared).toBeLessThan(40);
    expect(bins.reduce((sum, count) => sum + count)).toBe(2_000);
  });

  it('[REV-09] a value nested without end is a malformed variant, once, and harms no other', async () => {
    const deep = `${'{"a":['.repeat(20_000)}1${']}'.repeat(20_000)}`;
    const warn = vi.fn();
    const server = await openServer({ body: `{"b":{"key":"b","value":${deep}},"a":${JSON.stringify(on)}}` });
    const client = openClient(create, server.url, {
      ...noWaits,
      fetchRetries: 3,
      logger: { ...debugLogger(() => 0), warn },
    });
    expect(await client.fetch(user)).toEqual({ a: on });
    expect(warn.mock.calls).toEqual([[{ count: 1, flagKeys: ['b'] }, 'Malformed variants were left out.']]);
    server.script({ body: `{"b":{"key":"b","value":${deep}}}` });
    await expect(client.fetch(user)).rejects.toMatchObject({ code: 'invalid-response' });
    expect(server.requests).toHaveLength(3);
    const payload = '['.repeat(101) + ']'.repeat(101);
    server.script({ body: `{"a":{"key":"a","payload":${payload},"value":${payload.slice(2, -2)}}}` });
    expect((await client.fetch(user)).a?.value).toBe(payload.slice(2, -2));
  });

  it('[REV-10] callbacks that reject, throw or answer nonsense end neither a fetch nor the process', async () => {
    const bad = async () => Promise.reject(new Error('not today'));
    const logger = { debug: bad, info: bad, warn: bad, error: bad };
    for (const waitUntil of [
      bad,
      () => {
        throw new Error('not today');
      },
    ]) {
      const client = openClient(create, 'https://api.example', {
        fetch: async () => new Response('{', { status: 200 }),
        logger,
        debug: true,
        waitUntil: waitUntil as never,
        unknown: 1,
      } as RemoteConfig);
      await client.fetchAsync(user, bad as never);
      expect(await client.fetch(user, { fallback: {} })).toEqual({});
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('[REV-11] containers of another kind are refused with a code, and null options of a fetch are none', async () => {
    for (const config of [null, 'https://api.example', 5, [], true]) {
      expect(() => create(DEPLOYMENT_KEY, config as never)).toThrowError(
        expect.objectContaining({ code: 'invalid-option' }),
      );
    }
    const client = openClient(create, 'https://api.example', { fetch: async () => Response.json({ a: on }) });
    expect(await client.fetch(user, null as never)).toEqual({ a: on });
  });

  it.each([[''], [0], [false], ['flag'], [new Set(['flag'])], [{ 0: 'flag' }], [[5]], [[1n]], [['flag', null]]])(
    '[REV-11] flag keys that are not a list of texts are refused, and not sent as another question: %o',
    async (flagKeys) => {
      const server = await openServer(json({ a: on }));
      const client = openClient(create, server.url);
      const options = { flagKeys: flagKeys as never };
      for (const each of [client, createCachedRemoteClient(client)]) {
        await expect(each.fetch(user, options)).rejects.toMatchObject({ code: 'invalid-option' });
      }
      expect(server.requests).toHaveLength(0);
      for (const none of [null, undefined]) expect(await client.fetch(user, { flagKeys: none })).toEqual({ a: on });
    },
  );

  it('[REV-12] twenty fetches with one signal print no warning of a leak, and end with it', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const controller = new AbortController();
    setMaxListeners(10, controller.signal);
    const server = await openServer({ ...json({ a: on }), delayMs: 60_000 });
    const client = openClient(create, server.url);
    const fetching = Array.from({ length: 20 }, () => client.fetch(user, { signal: controller.signal }));
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(0));
    controller.abort();
    for (const outcome of await Promise.allSettled(fetching)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } });
    }
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('[NET-07] plain http goes to this machine and to the hosts that are listed, and nowhere else', async () => {
    const asked: string[] = [];
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      return Response.json({ a: on });
    };
    const options = { fetch: fetch as typeof globalThis.fetch, insecureHosts: ['evaluation-proxy:3546'] };
    await openClient(create, 'http://evaluation-proxy:3546', options).fetch(user);
    expect(asked).toEqual(['http://evaluation-proxy:3546/sdk/v2/vardata?v=0']);
    for (const [url, insecureHosts] of [
      ['http://evaluation-proxy:3546', undefined],
      ['http://evaluation-proxy:3547', options.insecureHosts],
      ['https://api.example', 'evaluation-proxy'],
    ] as const) {
      expect(() => openClient(create, url, { insecureHosts: insecureHosts as never })).toThrow('insecureHosts');
    }
  });

  it.each(['', ' ', 'client key', 'client\r\nx: y', 'client\0', 'clé', 'x'.repeat(513), undefined, null, 7])(
    '[REV-08] the deployment key %j is refused before anything is sent',
    (key) => {
      const fetch = vi.fn();
      expect(() => create(key as string, { fetch })).toThrowError(
        expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining('deployment key') }),
      );
      expect(fetch).not.toHaveBeenCalled();
    },
  );

  it('[SEC-02] the key shows neither in errors nor in logs, whatever goes wrong', async () => {
    const seen: unknown[] = [];
    const log = (...line: unknown[]) => seen.push(line);
    const logger = { debug: log, info: log, warn: log, error: log };
    const quoting = async (_url: unknown, init?: RequestInit): Promise<Response> => {
      const text = JSON.stringify(init?.headers);
      throw new TypeError(`cannot send ${text}`, { cause: new Error(text) });
    };
    const server = await openServer(
      { status: 500, body: DEPLOYMENT_KEY },
      { body: DEPLOYMENT_KEY },
      json({ a: DEPLOYMENT_KEY }),
      'reset',
    );
    const clients = [
      ...Array.from({ length: 5 }, () => openClient(create, server.url, { debug: true, logger })),
      openClient(create, 'https://api.example', { debug: true, logger, fetch: quoting }),
    ];
    for (const client of clients) seen.push(await client.fetch(user).catch((error: unknown) => error));
    for (const client of clients) await client.fetchAsync(user, log, { fallback: {} });
    expect(seen.length).toBeGreaterThan(12);
    expect(inspect(seen, { depth: 20 })).not.toContain(DEPLOYMENT_KEY);
    expect(inspect(seen, { depth: 20 })).not.toContain(DEPLOYMENT_KEY.slice(0, 12));
  });

  it('[SEC-04] whatever a user holds, the request is well-formed', async () => {
    const server = await openServer(json({}));
    const client = openClient(create, server.url);
    const hostile = ['a\r\nx: y', 'a\0b', '\ud800', '"}', '../../x?y#z', '\u2028'];
    for (const user_id of hostile) {
      await client.fetch({ user_id, user_properties: { [user_id]: user_id } }, { flagKeys: [user_id] });
    }
    expect(server.requests).toHaveLength(hostile.length);
    for (const { path, headers } of server.requests) {
      expect(path).toBe('/sdk/v2/vardata?v=0');
      expect(headers['x-amp-exp-user']).toMatch(/^[\w-]+$/);
      expect(headers['x-amp-exp-flag-keys']).toMatch(/^[\w-]+$/);
      expect(headers).not.toHaveProperty('x');
    }
  });
});

describe('fault catalogue: answers', () => {
  it('[REV-05] any text is variants or an error of the right kind', () => {
    const json = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .dictionary(
          fc.string(),
          fc.record({ key: fc.jsonValue(), value: fc.jsonValue(), metadata: fc.jsonValue() }, { requiredKeys: [] }),
        )
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(json, (text) => {
        try {
          for (const variant of Object.values(parseVariants(text, () => undefined))) {
            expect(variant?.key).toBeTypeOf('string');
            expect(['string', 'undefined']).toContain(typeof variant?.value);
            expect(['object', 'undefined']).toContain(typeof variant?.metadata);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-response' });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('[REV-05] an answer beyond 16 MiB is refused', async () => {
    const client = createRemoteClient(DEPLOYMENT_KEY, {
      logger: false,
      fetch: async () => new Response(new Uint8Array(17_000_000)),
    });
    await expect(client.fetch(user)).rejects.toMatchObject({ code: 'invalid-response' });
  });
});
