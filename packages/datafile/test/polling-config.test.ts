import { gzipSync } from 'node:zlib';
import { startChaosProxy } from '@sortition/rig';
import fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPollingConfig } from '../src/index.ts';
import { createKeepAliveFetch } from '../src/node/index.ts';
import { observe, serve } from './observed-source.ts';
import { buildDatafile, datafileText } from './sample-datafile.ts';

const manual = { updates: 'manual' } as const;
const good = (revision: string) => ({ body: datafileText(revision) });

afterEach(() => {
  vi.restoreAllMocks();
});

describe('validators', () => {
  it('[CFG-02] sends both back verbatim, keeps the config on 304, and commits none of a refused document', async () => {
    const first = { etag: 'W/"one"', 'last-modified': 'Wed, 21 Oct 2026 07:28:00 GMT' };
    const server = await serve(
      { ...good('1'), headers: first },
      { body: '<html>', headers: { etag: '"garbage"', 'last-modified': 'Thu, 22 Oct 2026 07:28:00 GMT' } },
      { status: 304 },
      { ...good('2'), headers: { etag: '"two"' } },
      { status: 304 },
    );
    const { refresh, revisions, codes } = observe({ ...manual, urlTemplate: server.template });
    const accepted: boolean[] = [];
    for (let i = 0; i < 5; i += 1) accepted.push(await refresh());
    expect(accepted).toEqual([true, false, false, true, false]);
    expect(revisions).toEqual(['1', '2']);
    expect(codes()).toEqual(['invalid-datafile']);
    const conditions = server.requests.map(({ headers }) => [headers['if-none-match'], headers['if-modified-since']]);
    const committed = [first.etag, first['last-modified']];
    expect(conditions).toEqual([[undefined, undefined], committed, committed, committed, ['"two"', undefined]]);
  });

  it('[CFG-02] takes a 304 to a request without conditions for an error', async () => {
    const server = await serve({ status: 304 }, good('1'), { status: 304 });
    const { refresh, codes, revision } = observe({ ...manual, urlTemplate: server.template });
    expect(await refresh()).toBe(false);
    expect(codes()).toEqual(['invalid-response']);
    await refresh();
    // No validators came with the document either.
    await refresh();
    expect(codes()).toEqual(['invalid-response', 'invalid-response']);
    expect(revision()).toBe('1');
  });

  it('[CFG-02] keeps validators of another URL or token out of a cached start', async () => {
    const stored = new Map<string, string>();
    const cache = {
      getItem: (key: string) => stored.get(key),
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: () => undefined,
    };
    const server = await serve({ ...good('1'), headers: { etag: '"one"' } });
    const urlTemplate = server.template;
    await observe({ ...manual, urlTemplate, cache, accessToken: 'token-of-ada' }).refresh();
    await observe({ ...manual, urlTemplate, cache, accessToken: 'token-of-bob' }).refresh();
    await observe({ ...manual, urlTemplate, cache, accessToken: 'token-of-ada' }).refresh();
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined, '"one"']);
    expect([...stored].join()).not.toContain('token-of');
  });
});

describe('validators that cannot be sent', () => {
  it.each(['"one\nx: y"', '"€"'])('[CFG-02] count as none when an answer has them: %j', async (etag) => {
    const conditions: unknown[] = [];
    const fetch = async (_: unknown, init?: RequestInit) => {
      conditions.push(Object.keys(init?.headers ?? {}));
      const headers = { get: (name: string) => (name === 'etag' ? etag : null) };
      return Object.defineProperty(new Response(datafileText('1')), 'headers', { value: headers });
    };
    const { refresh, codes } = observe({ ...manual, fetch: fetch as typeof globalThis.fetch });
    expect(await refresh()).toBe(true);
    await refresh();
    expect(codes()).toEqual([]);
    expect(conditions).toEqual([[], []]);
  });
});

describe('refresh', () => {
  it('takes null for no options, and never rejects', async () => {
    const server = await serve(good('1'));
    const { source, revision } = observe({ ...manual, urlTemplate: server.template });
    expect(await source.refresh?.(null as never)).toBe(true);
    expect(revision()).toBe('1');
  });
});

describe('a ready() without a timer in the background', () => {
  const modes = ['on-use', 'manual'] as const;

  it.each(modes)('[CFG-01] has its config after a failure that passes, with updates: %j', async (updates) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.2);
    const server = await serve({ status: 503 }, good('1'));
    const { source, problems, reaches } = observe({ updates, urlTemplate: server.template });
    const handedOver: Promise<unknown>[] = [];
    source.used?.((work) => handedOver.push(work), 'ready');
    await Promise.all(handedOver);
    expect(problems[0]?.message).toMatch(/no config yet; the next attempt is in 1 s\.$/);
    await reaches('1');
    expect(handedOver).toHaveLength(1);
  });

  it.each(modes)(
    '[CFG-01] asks a second time while the wait after a failure lasts, with updates: %j',
    async (updates) => {
      vi.spyOn(Math, 'random').mockReturnValue(0.2);
      const server = await serve({ status: 503 }, good('1'));
      const { source, refresh, problems, reaches } = observe({ updates, urlTemplate: server.template });
      expect(await refresh()).toBe(false);
      expect(problems[0]?.message).toMatch(/There is no config yet\.$/);
      source.used?.(undefined, 'ready');
      await reaches('1');
    },
  );

  it.each(modes)('[CFG-01] is given up with the source, with updates: %j', async (updates) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const server = await serve({ status: 503 });
    const { source, problems } = observe({ updates, urlTemplate: server.template });
    source.used?.(undefined, 'ready');
    await vi.waitFor(() => expect(problems).not.toHaveLength(0));
    await source.close?.();
    const before = server.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(server.requests).toHaveLength(before);
  });

  it('[CFG-01] plans nothing once there is a config', async () => {
    const server = await serve({ status: 503 }, good('1'), { status: 503 });
    const { source, refresh, problems } = observe({ ...manual, urlTemplate: server.template });
    source.used?.(undefined, 'ready');
    await vi.waitFor(() => expect(source.current()).not.toBeNull(), { timeout: 10_000 });
    await refresh();
    expect(problems.at(-1)?.message).toMatch(/stays in use\.$/);
    expect(server.requests).toHaveLength(3);
  });
});

describe('broken transfers', () => {
  const text = datafileText('2', { padding: 'x'.repeat(1_500) });
  const forms = [
    ['plain', { body: text }],
    ['gzip', { body: gzipSync(text), headers: { 'content-encoding': 'gzip' } }],
    ['chunked', { body: text, framing: 'chunked' }],
  ] as const;

  it.each(forms)(
    '[CFG-03] refuses a %s body cut off anywhere, by an end or a reset, and goes on',
    async (_, answer) => {
      const server = await serve(good('1'), answer);
      const proxy = await startChaosProxy(server);
      onTestFinished(() => proxy.close());
      const wireBytes = answer.body.length + 120;
      const urlTemplate = `${proxy.url}/%s.json`;
      const { refresh, revision, codes } = observe({ ...manual, urlTemplate });
      await refresh();
      const cuts = Array.from({ length: 16 }, (_value, index) => Math.ceil(((index + 0.5) * (wireBytes - 120)) / 16));
      for (const limitEnd of ['fin', 'rst'] as const) {
        for (const limitBytes of cuts) {
          proxy.set({ downstream: { limitBytes, limitEnd } });
          // A kept connection has spent its bytes already.
          await proxy.down();
          await proxy.up();
          expect(await refresh(), `${limitBytes} bytes, then ${limitEnd}`).toBe(false);
          expect(revision()).toBe('1');
        }
      }
      expect(codes()).toHaveLength(32);
      expect(new Set(codes())).toEqual(new Set(['request-failed']));
      proxy.set({});
      expect(await refresh()).toBe(true);
      expect(revision()).toBe('2');
    },
  );

  it.each([
    ['one byte at a time', { ...good('2'), drip: { bytes: 1, everyMs: 20 } }],
    ['headers that never end', { raw: 'HTTP/1.1 200 OK\r\nx-header: 1\r\n', after: 'hang' }],
    ['a body that stalls', { ...good('2'), cutAt: 20, after: 'hang' }],
    ['no answer', 'never'],
  ] as const)('[CFG-04] ends %s at the total deadline and closes the connection', async (_, answer) => {
    const transport = createKeepAliveFetch();
    onTestFinished(() => transport.close());
    for (const fetch of [transport, undefined]) {
      const server = await serve({ ...good('1'), after: 'fin', headers: { connection: 'close' } }, answer);
      const proxy = await startChaosProxy(server);
      onTestFinished(() => proxy.close());
      const urlTemplate = `${proxy.url}/%s`;
      const { refresh, revision, codes } = observe({ ...manual, urlTemplate, requestTimeoutMs: 300, fetch });
      await refresh();
      const start = performance.now();
      expect(await refresh()).toBe(false);
      expect(performance.now() - start).toBeLessThan(3_000);
      expect(codes()).toEqual(['timeout']);
      expect(revision()).toBe('1');
      // After an abort the global fetch opens a spare connection of its own, which it closes after 4 s.
      await expect.poll(() => proxy.open).toBeLessThanOrEqual(fetch === undefined ? 1 : 0);
    }
  });

  it('[CFG-05] refuses a document over the limit, a broken encoding and one nobody asked for', async () => {
    const fetch = createKeepAliveFetch();
    onTestFinished(() => fetch.close());
    const server = await serve(
      good('1'),
      { body: datafileText('2', { padding: 'x'.repeat(5_000) }) },
      { body: gzipSync(datafileText('2', { padding: 'x'.repeat(5_000) })), headers: { 'content-encoding': 'gzip' } },
      { body: 'no gzip', headers: { 'content-encoding': 'gzip' } },
      { body: 'who knows', headers: { 'content-encoding': 'br' } },
      {
        body: Buffer.concat([gzipSync('{"version":"4",'), gzipSync(datafileText('2').slice(15))]),
        headers: { 'content-encoding': 'gzip' },
      },
    );
    const { refresh, revision, codes } = observe({ ...manual, urlTemplate: server.template, maxBytes: 4_000, fetch });
    for (let i = 0; i < 5; i += 1) await refresh();
    expect(codes()).toEqual(['invalid-response', 'invalid-response', 'request-failed', 'invalid-response']);
    expect(revision()).toBe('1');
    expect(await refresh()).toBe(true);
  });
});

describe('documents that are no datafile', () => {
  const garbage: [string, string | Uint8Array, string][] = [
    ['HTML', '<!doctype html><title>404</title>', 'invalid-datafile'],
    ['nothing', '', 'invalid-datafile'],
    ['a byte order mark', Buffer.from([0xef, 0xbb, 0xbf, ...Buffer.from(datafileText('9'))]), 'invalid-datafile'],
    ['null', 'null', 'invalid-datafile'],
    ['a list', '[]', 'invalid-datafile'],
    ['a text', '"x"', 'invalid-datafile'],
    ['a number beyond numbers', '1e400', 'invalid-datafile'],
    ['an empty object', '{}', 'invalid-datafile'],
    ['a future version', datafileText('9', { version: '5' }), 'invalid-datafile'],
    ['NUL bytes', '\0\0\0\0', 'invalid-datafile'],
    ['half a document', datafileText('9').slice(0, 100), 'invalid-datafile'],
    ['two documents', datafileText('9') + datafileText('9'), 'invalid-datafile'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'invalid-response'],
  ];

  it.each(garbage)('[CFG-06] refuses %s, keeps the last config and goes on', async (_, body, code) => {
    const server = await serve({ body }, good('1'), { body }, good('2'));
    const { refresh, revision, source, problems, revisions } = observe({ ...manual, urlTemplate: server.template });
    await refresh();
    expect(source.current()).toBeNull();
    await refresh();
    await refresh();
    expect(revision()).toBe('1');
    await refresh();
    expect(revisions).toEqual(['1', '2']);
    expect(problems.map((problem) => problem.code)).toEqual([code, code]);
    expect(problems[0]?.message).toMatch(/no config yet/);
    expect(problems[1]?.message).toMatch(/last accepted config stays in use/);
  });

  it('[CFG-06] survives any damage to a document: it is accepted or refused, and a good one comes through after', async () => {
    const server = await serve(good('1'));
    const { refresh, source } = observe({ ...manual, urlTemplate: server.template });
    await refresh();
    const bytes = Buffer.from(datafileText('1'));
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(bytes.length), async (changes, length) => {
        const body = Buffer.from(bytes.subarray(0, length));
        for (const [at, value] of changes) if (at < length) body[at] = value;
        server.script({ body });
        await refresh();
        expect(source.current()).not.toBeNull();
      }),
      { numRuns: 150 },
    );
    server.script(good('recovered'));
    await refresh();
    expect(source.current()?.revision).toBe('recovered');
  });

  it('[CFG-06] takes duplicate keys as JSON does, and puts up with numbers beyond numbers inside', async () => {
    const body = `${datafileText('1').slice(0, -1)},"revision":"2","odd":1e400}`;
    const { refresh, revision } = observe({ ...manual, urlTemplate: (await serve({ body })).template });
    expect(await refresh()).toBe(true);
    expect(revision()).toBe('2');
  });
});

describe('statuses and redirects', () => {
  const denied = [401, 403, 404, 410];
  const statuses = [400, 401, 403, 404, 408, 410, 418, 429, 500, 502, 503, 504];

  it.each(statuses)('[CFG-07] survives %i at the first poll and at a later one', async (status) => {
    const body = { status, body: datafileText('9') };
    const server = await serve(body, good('1'), body, good('2'));
    const { refresh, revisions, codes } = observe({ ...manual, urlTemplate: server.template });
    for (let i = 0; i < 4; i += 1) await refresh();
    expect(revisions).toEqual(['1', '2']);
    // The second denial is no news: the first success does not end that regime.
    expect(codes()).toEqual(denied.includes(status) ? ['request-denied'] : ['request-failed', 'request-failed']);
  });

  it('[CFG-07] recovers in the background without being asked', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.2);
    const server = await serve({ status: 503 }, 'reset', 'reset', { body: 'garbage' }, good('1'));
    const { reaches, codes } = observe({ urlTemplate: server.template, pollIntervalMs: 1_000 });
    await reaches('1');
    // A kept connection that breaks is replaced once, without a word.
    expect(codes()).toEqual(['request-failed', 'request-failed', 'invalid-datafile']);
  });

  it('[CFG-08] follows redirects within the origin, at most three, with the token', async () => {
    const to = (location: string, status = 302) => ({ status, headers: { location } });
    const server = await serve(to('/a', 301), to('b', 307), to('?c', 308), good('1'), to('/loop'));
    const { refresh, codes } = observe({ ...manual, urlTemplate: server.template, accessToken: 'token' });
    expect(await refresh()).toBe(true);
    expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer token']));
    expect(await refresh()).toBe(false);
    expect(server.requests).toHaveLength(8);
    expect(codes()).toEqual(['request-failed']);
  });

  it('[CFG-08] follows none to another origin, host or scheme', async () => {
    const other = await serve(good('9'));
    const port = new URL(other.url).port;
    for (const location of [
      `${other.url}/x`,
      `http://localhost:${port}/x`,
      `//127.0.0.1:${port}/x`,
      'https://127.0.0.1/',
    ]) {
      const server = await serve({ status: 302, headers: { location } });
      const { refresh, codes } = observe({ ...manual, urlTemplate: server.template, accessToken: 'token' });
      expect(await refresh(), location).toBe(false);
      expect(codes()).toEqual(['request-failed']);
    }
    expect(other.requests).toHaveLength(0);
  });

  it('[CFG-08] refuses a redirect from https to http', async () => {
    const requested: string[] = [];
    const fetch = async (input: unknown) => {
      requested.push(String(input));
      return new Response(null, { status: 301, headers: { location: 'http://127.0.0.1/plain' } });
    };
    const { refresh, codes } = observe({ ...manual, urlTemplate: 'https://127.0.0.1/%s', fetch });
    await refresh();
    expect(codes()).toEqual(['request-failed']);
    expect(requested).toEqual(['https://127.0.0.1/key']);
  });
});

describe('revisions', () => {
  it('[CFG-10] follows the server back to an older revision', async () => {
    const server = await serve(good('2'), good('1'), good('2'));
    const { refresh, revisions, codes } = observe({ ...manual, urlTemplate: server.template });
    for (let i = 0; i < 3; i += 1) expect(await refresh()).toBe(true);
    expect(revisions).toEqual(['2', '1', '2']);
    expect(codes()).toEqual([]);
  });

  it('[CFG-10] installs other content under the same revision and says so, but not the same content again', async () => {
    const changed = { body: datafileText('2', { featureFlags: [] }) };
    const pretty = { body: JSON.stringify(buildDatafile('2', { featureFlags: [] }), null, 2) };
    const server = await serve(good('2'), good('2'), changed, pretty);
    const { refresh, revisions, codes, source } = observe({ ...manual, urlTemplate: server.template });
    const accepted: boolean[] = [];
    for (let i = 0; i < 4; i += 1) accepted.push(await refresh());
    expect(accepted).toEqual([true, false, true, false]);
    expect(revisions).toEqual(['2', '2']);
    expect(source.current()?.flags.size).toBe(0);
    expect(codes()).toEqual(['revision-reused']);
  });

  it.each([
    ['missing', undefined],
    ['a number', 7],
    ['a text', 'rev-α'],
  ])('[CFG-10] installs a datafile whose revision is %s', async (_, revision) => {
    const server = await serve({ body: datafileText('x', { revision }) }, { body: datafileText('y', { revision }) });
    const { refresh, revisions } = observe({ ...manual, urlTemplate: server.template });
    expect([await refresh(), await refresh()]).toEqual([true, true]);
    expect(revisions).toHaveLength(2);
  });
});

describe('an initial datafile', () => {
  it('serves at once and gives way to what is fetched', async () => {
    const server = await serve(good('2'));
    const { revision, reaches, codes } = observe({ urlTemplate: server.template, datafile: buildDatafile('1') });
    expect(revision()).toBe('1');
    await reaches('2');
    expect(codes()).toEqual([]);
  });

  it('is not installed again when the same one is fetched', async () => {
    const server = await serve(good('1'));
    const datafile = JSON.stringify(buildDatafile('1'), null, 1);
    const { refresh, revisions } = observe({ ...manual, urlTemplate: server.template, datafile });
    expect(await refresh()).toBe(false);
    expect(revisions).toEqual([]);
  });

  it('that is broken is a problem for the first listener, and polling goes on', async () => {
    const server = await serve(good('1'));
    const { reaches, codes } = observe({ urlTemplate: server.template, datafile: '{' });
    await reaches('1');
    expect(codes()).toEqual(['invalid-datafile']);
  });
});

describe('updates without a timer', () => {
  it('on-use asks when it is used after the interval, and hands the work over', async () => {
    const server = await serve({ ...good('1'), headers: { etag: '"1"' } }, { status: 304 });
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    let now = 1_000;
    const { source, revision } = observe({ updates: 'on-use', urlTemplate: server.template, pollIntervalMs: 60_000 });
    const handed: Promise<unknown>[] = [];
    const use = () => source.used?.((work) => void handed.push(work));
    use();
    use();
    expect(handed).toHaveLength(1);
    await handed[0];
    expect(revision()).toBe('1');
    now += 53_000;
    use();
    expect(handed).toHaveLength(1);
    now += 14_000;
    use();
    expect(handed).toHaveLength(2);
    await handed[1];
    expect(server.requests).toHaveLength(2);
  });

  it('manual asks only when told to, and for the first config when a client waits', async () => {
    const server = await serve(good('1'));
    const { source, reaches } = observe({ ...manual, urlTemplate: server.template });
    source.used?.(undefined, 'decision');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.requests).toHaveLength(0);
    source.used?.(undefined, 'ready');
    await reaches('1');
  });

  it('starts a poll of its own when the one it joined died with its runtime', async () => {
    let now = 1_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const fetch = vi.fn<typeof globalThis.fetch>(() => new Promise(() => undefined));
    const { source, reaches } = observe({ updates: 'on-use', fetch, requestTimeoutMs: 60_000 });
    source.used?.();
    await expect.poll(() => fetch).toHaveBeenCalledTimes(1);
    fetch.mockImplementation(async () => new Response(datafileText('1')));
    now += 30_000;
    source.used?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(fetch).toHaveBeenCalledTimes(1);
    now += 60_000;
    source.used?.();
    await reaches('1');
  });
});

describe('a shared source', () => {
  it('starts with the first listener, stops with the last and starts again', async () => {
    const server = await serve(good('1'), 'never');
    const fetch = createKeepAliveFetch();
    onTestFinished(() => fetch.close());
    const source = createPollingConfig({ sdkKey: 'key', urlTemplate: server.template, pollIntervalMs: 1_000, fetch });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.requests).toHaveLength(0);
    const first = source.subscribe(() => undefined);
    const second = source.subscribe(() => undefined);
    await server.received(2);
    first();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.open).toBe(1);
    second();
    await expect.poll(() => server.open).toBe(0);
    const third = source.subscribe(() => undefined);
    await server.received(3);
    third();
  });
});

describe('secrets', () => {
  it('[SEC-02] appear in no problem, whatever fails', async () => {
    const secrets = ['sdk-key-canary', 'token-canary', 'header-canary'];
    const leaky = (input: unknown, init?: RequestInit) => {
      throw new TypeError(`cannot fetch ${input} with ${JSON.stringify(init?.headers)}`);
    };
    const server = await serve(
      { status: 403 },
      'reset',
      { body: 'x' },
      { status: 302, headers: { location: 'http://[' } },
    );
    for (const fetch of [undefined, leaky]) {
      const { refresh, problems } = observe({
        ...manual,
        sdkKey: 'sdk-key-canary',
        accessToken: 'token-canary',
        headers: { 'x-key': 'header-canary' },
        urlTemplate: server.template,
        fetch,
      });
      for (let i = 0; i < 4; i += 1) await refresh();
      expect(problems.length).toBeGreaterThan(2);
      const shown = problems.map(({ message, cause }) => {
        const error = cause as Error;
        return [message, error, error.stack, error.cause, (error.cause as Error | undefined)?.stack].join('\n');
      });
      for (const secret of secrets) expect(shown.join('\n')).not.toContain(secret);
    }
  });

  it('[SEC-08] are not sent to a server whose certificate nobody vouches for', async () => {
    const { createCertificate, startScriptServer } = await import('@sortition/rig');
    const server = await startScriptServer([good('1')], { tls: await createCertificate() });
    onTestFinished(() => server.close());
    const fetch = createKeepAliveFetch();
    onTestFinished(() => fetch.close());
    for (const transport of [undefined, fetch]) {
      const { refresh, codes } = observe({ ...manual, urlTemplate: `${server.url}/%s`, fetch: transport });
      await refresh();
      expect(codes()).toEqual(['request-failed']);
    }
    expect(server.requests).toHaveLength(0);
  });
});
