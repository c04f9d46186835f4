import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { request, requestStatus } from '../src/index.ts';
import { createKeepAliveFetch } from '../src/node/index.ts';
import { serve } from './local-server.ts';

const keepAliveFetch = createKeepAliveFetch();
afterAll(() => keepAliveFetch.close());

const bounds = { timeoutMs: 5_000, maxBytes: 10_000 };

describe.each([
  ['the global fetch', undefined],
  ['the keep-alive transport', keepAliveFetch],
] as const)('request over %s', (_, fetch) => {
  it('answers with status, headers in any case and text', async () => {
    const { url, requests } = await serve((_request, response) => {
      response.writeHead(201, { ETag: 'W/"é"' }).end('größer');
    });
    const response = await request({ ...bounds, fetch, url: `${url}/a?b`, headers: { 'X-Key': 'k' } });
    expect({ status: response.status, text: response.text }).toEqual({ status: 201, text: 'größer' });
    expect(response.header('etag')).toContain('W/"');
    expect(response.header('missing')).toBeNull();
    expect(requests[0]).toMatchObject({ method: 'GET', url: '/a?b', headers: { 'x-key': 'k' } });
  });

  it('sends a body', async () => {
    const { url } = await serve((incoming, response) => incoming.pipe(response));
    const response = await request({ ...bounds, fetch, url, method: 'POST', body: '{"a":"ü"}' });
    expect(response.text).toBe('{"a":"ü"}');
  });

  it('answers with every status instead of failing, without its body when that is too long', async () => {
    const { url } = await serve((_request, response) => response.writeHead(503).end('x'.repeat(100_000)));
    expect(await request({ ...bounds, fetch, url })).toMatchObject({ status: 503, text: '' });
  });

  it('gives the body up where only the status is asked for, even one that never ends', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(202, { 'content-length': '100000', 'x-said': 'yes' }).write('only this');
    });
    const response = await requestStatus({ ...bounds, fetch, url });
    expect({ status: response.status, said: response.header('x-said') }).toEqual({ status: 202, said: 'yes' });
  });

  it('inflates gzip and stops at the cap on inflated bytes', async () => {
    const { url } = await serve((incoming, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync('y'.repeat(incoming.url === '/fits' ? 10_000 : 10_001)));
    });
    expect((await request({ ...bounds, fetch, url: `${url}/fits` })).text).toHaveLength(10_000);
    await expect(request({ ...bounds, fetch, url: `${url}/long` })).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('refuses a truncated body and a broken gzip stream', async () => {
    const { url } = await serve((incoming, response) => {
      if (incoming.url === '/cut') {
        response.writeHead(200, { 'content-length': '100' }).write('only this');
        setTimeout(() => response.socket?.destroy(), 20);
      } else {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end('not gzip');
      }
    });
    for (const path of ['/cut', '/broken']) {
      await expect(request({ ...bounds, fetch, url: url + path }), path).rejects.toMatchObject({
        code: 'request-failed',
      });
    }
  });

  it('refuses bytes that are not UTF-8 and keeps a byte order mark', async () => {
    const { url } = await serve((incoming, response) => {
      response.end(Buffer.from(incoming.url === '/bom' ? [0xef, 0xbb, 0xbf, 0x7b] : [0x22, 0xff, 0x22]));
    });
    await expect(request({ ...bounds, fetch, url })).rejects.toMatchObject({ code: 'invalid-response' });
    expect((await request({ ...bounds, fetch, url: `${url}/bom` })).text).toBe('\ufeff{');
  });

  it('ends a body that drips within the total deadline, and closes the connection', async () => {
    let opened = 0;
    let closed = 0;
    const { url } = await serve((_request, response) => {
      opened += 1;
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => {
        clearInterval(drip);
        closed += 1;
      });
    });
    // On a busy machine the deadline may pass before the server is reached.
    for (let timeoutMs = 150; opened === 0; timeoutMs *= 2) {
      await expect(request({ ...bounds, fetch, url, timeoutMs })).rejects.toMatchObject({ code: 'timeout' });
    }
    await expect.poll(() => closed).toBe(opened);
  });

  it('ends when its caller aborts, before and during the exchange, and leaves no listener behind', async () => {
    const { url } = await serve(() => undefined);
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, 'removeEventListener');
    const answer = request({ ...bounds, fetch, url, signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    await expect(answer).rejects.toMatchObject({ code: 'aborted' });
    expect(removed).toHaveBeenCalled();
    await expect(request({ ...bounds, fetch, url, signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('says request-failed for a closed port, without key and path', async () => {
    const { url, server } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    const failure = await request({ ...bounds, fetch, url: `${url}/secret-path` }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'request-failed' });
    expect(String(failure)).not.toContain('secret-path');
  });

  it('follows three redirects within the origin and no further', async () => {
    const { url, requests } = await serve((incoming, response) => {
      const left = Number(incoming.url?.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead([301, 302, 307, 308][left % 4] as number, { location: `/${left - 1}` }).end();
    });
    const headers = { authorization: 'Bearer t' };
    expect((await request({ ...bounds, fetch, url: `${url}/3`, headers })).text).toBe('there');
    expect(requests.map((incoming) => incoming.headers.authorization)).toEqual(Array(4).fill('Bearer t'));
    await expect(request({ ...bounds, fetch, url: `${url}/4` })).rejects.toMatchObject({ code: 'request-failed' });
  });

  it('refuses redirects to another origin, to nowhere, and of a POST that would become a GET', async () => {
    const other = await serve((_request, response) => response.end());
    const { url } = await serve((incoming, response) => {
      const location = incoming.url === '/cross' ? `${other.url}/` : incoming.url === '/odd' ? 'http://[' : '/there';
      response.writeHead(302, { location }).end();
    });
    for (const [path, method] of [['/cross'], ['/odd'], ['/post', 'POST']] as const) {
      await expect(request({ ...bounds, fetch, url: url + path, method: method ?? 'GET' }), path).rejects.toMatchObject(
        { code: 'request-failed' },
      );
    }
    expect(other.requests).toHaveLength(0);
  });
});

describe('request', () => {
  it('keeps its deadline when fetch ignores the signal or throws at once', async () => {
    const hanging = () => new Promise<Response>(() => undefined);
    await expect(request({ ...bounds, url: 'https://a.example', fetch: hanging, timeoutMs: 30 })).rejects.toMatchObject(
      {
        code: 'timeout',
      },
    );
    const throwing = () => {
      throw new TypeError('no network here');
    };
    await expect(request({ ...bounds, url: 'https://a.example', fetch: throwing })).rejects.toMatchObject({
      code: 'request-failed',
      cause: { message: 'no network here' },
    });
  });

  it('[LIFE-06] reads the global fetch at the call and calls it as a plain function', async () => {
    const answer = vi.fn(function (this: unknown) {
      expect(this).toBeUndefined();
      return Promise.resolve(new Response('patched'));
    });
    vi.stubGlobal('fetch', answer);
    try {
      expect((await request({ ...bounds, url: 'https://a.example' })).text).toBe('patched');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('takes answers without a stream, as React Native gives them', async () => {
    const native = { status: 200, headers: new Headers(), text: async () => 'x'.repeat(20) } as Response;
    const fetch = async () => native;
    expect((await request({ ...bounds, url: 'https://a.example', fetch })).text).toHaveLength(20);
    await expect(request({ ...bounds, url: 'https://a.example', fetch, maxBytes: 19 })).rejects.toMatchObject({
      code: 'invalid-response',
    });
  });

  it('refuses an answer that came from another origin by a redirect the runtime hid', async () => {
    const moved = { status: 200, url: 'https://b.example/', headers: new Headers(), text: async () => '' } as Response;
    const opaque = { status: 0, type: 'opaqueredirect', url: '', headers: new Headers() } as Response;
    for (const response of [moved, opaque]) {
      await expect(request({ ...bounds, url: 'https://a.example', fetch: async () => response })).rejects.toMatchObject(
        { code: 'request-failed' },
      );
    }
  });

  it('refuses headers and URLs that cannot be sent without quoting their values', async () => {
    for (const options of [
      { url: 'https://a.example', headers: { authorization: 'Bearer s3cret\r\nx: y' } },
      { url: 'https://a.example', headers: { 'bad name': 's3cret' } },
      { url: 's3cret' },
    ]) {
      const failure = await request({ ...bounds, ...options }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'invalid-option' });
      expect(String(failure)).not.toContain('s3cret');
    }
  });

  it('masks secrets in what a transport reports', async () => {
    const fetch = () => {
      throw new TypeError('request to https://a.example/topsecretkey failed', {
        cause: new Error('the key topsecretkey was wrong.'),
      });
    };
    const failure = await request({
      ...bounds,
      url: 'https://a.example/topsecretkey',
      fetch,
      secrets: ['topsecretkey'],
    }).catch((error: Error) => error);
    const { cause, message } = failure as Error;
    expect(message).toBe('GET https://a.example failed before the response was complete: the key top**** was wrong.');
    expect(String(cause)).toBe('Error: the key top**** was wrong.');
    expect(`${(failure as Error).stack} ${(cause as Error).stack}`).not.toContain('topsecretkey');
  });

  it('[NET-06] names the innermost cause: a closed port, an unknown host and a missing fetch say different things', async () => {
    const { url, server } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    const ask = (target: string) => request({ ...bounds, url: target }).catch((error: Error) => error);
    expect(await ask(url)).toMatchObject({
      message: `GET ${url} failed before the response was complete: connect ECONNREFUSED ${url.slice(7)}.`,
      cause: { code: 'ECONNREFUSED' },
    });
    expect(await ask('https://nowhere.invalid/key')).toMatchObject({
      message: expect.stringMatching(
        /^GET https:\/\/nowhere.invalid failed .* complete: getaddrinfo E\w+ nowhere.invalid\.$/,
      ),
      cause: { hostname: 'nowhere.invalid' },
    });
    vi.stubGlobal('fetch', undefined);
    try {
      expect(await ask(url)).toMatchObject({
        message: `GET ${url} failed before the response was complete: this runtime has no fetch; pass one as the option fetch.`,
        cause: expect.any(ReferenceError),
      });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('cuts URLs that a transport quotes to their origin, and long texts', async () => {
    const message = `error sending request for url (https://a.example/private?key=1): refused\n${'x'.repeat(1_000)}`;
    const fetch = () => Promise.reject(new TypeError(message));
    const failure = await request({ ...bounds, url: 'https://a.example/private?key=1', fetch }).catch(String);
    expect(failure).toContain('error sending request for url (https://a.example): refused xxx');
    expect(String(failure).length).toBeLessThan(330);
  });

  it('[NET-01] sends the text of the URL as it is, also where URL is missing, and follows relative redirects there', async () => {
    vi.stubGlobal('URL', undefined);
    try {
      const asked: unknown[] = [];
      const locations = ['next.json', '?b', '/top', 'https://A.example:443/end'];
      const fetch = async (url: unknown) => {
        asked.push(url);
        const location = locations[asked.length - 1];
        return {
          status: location ? 302 : 200,
          headers: new Headers(location ? { location } : {}),
          text: async () => '',
        };
      };
      await request({ ...bounds, url: 'https://a.example/x/abc123.json', fetch: fetch as never, maxRedirects: 4 });
      expect(asked).toEqual([
        'https://a.example/x/abc123.json',
        'https://a.example/x/next.json',
        'https://a.example/x/next.json?b',
        'https://a.example/top',
        'https://A.example:443/end',
      ]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it.each([
    '//b.example/',
    'https://b.example/',
    'ftp://a.example/',
    'http://a.example/',
    'https://u:p@a.example/',
    'a b',
  ])('does not follow %s', async (location) => {
    const fetch = vi.fn(async () => new Response('', { status: 302, headers: { location } }));
    await expect(request({ ...bounds, url: 'https://a.example/', fetch })).rejects.toMatchObject({
      code: 'request-failed',
      message: expect.stringContaining('redirected to somewhere it must not follow'),
    });
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});

describe('caches between', () => {
  const ask = async (fetch: typeof globalThis.fetch) => request({ ...bounds, url: 'https://a.example', fetch });
  const cacheOf = ([, init]: Parameters<typeof fetch>) => (init as RequestInit | undefined)?.cache;

  it('[NET-03] are told on servers to keep nothing', async () => {
    const fetch = vi.fn(async (..._: Parameters<typeof globalThis.fetch>) => new Response('ok'));
    await ask(fetch);
    expect(fetch.mock.calls.map(cacheOf)).toEqual(['no-store']);
  });

  it.each([
    ['a page', { document: {} }],
    ['React Native', { navigator: { product: 'ReactNative' } }],
  ])('[NET-03] are left alone in %s', async (_, globals) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    try {
      const fetch = vi.fn(async (..._: Parameters<typeof globalThis.fetch>) => new Response('ok'));
      await ask(fetch);
      expect(fetch.mock.calls.map(cacheOf)).toEqual([undefined]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('[NET-03] are not mentioned again to a runtime that refuses to hear of them, once per request', async () => {
    const fetch = vi.fn(async (...call: Parameters<typeof globalThis.fetch>) => {
      if (cacheOf(call)) throw new Error("The 'cache' field on 'RequestInitializerDict' is not implemented.");
      return new Response('ok');
    });
    expect((await ask(fetch)).text).toBe('ok');
    expect(fetch.mock.calls.map(cacheOf)).toEqual(['no-store', undefined]);
    const broken = vi.fn(() => Promise.reject(new Error('the DNS cache is full')));
    await expect(ask(broken)).rejects.toMatchObject({ code: 'request-failed' });
    expect(broken).toHaveBeenCalledTimes(1);
  });
});

describe.each([
  ['the global fetch', undefined],
  ['the keep-alive transport', keepAliveFetch],
] as const)('a connection of %s', (_, fetch) => {
  it('[NET-08] outlives an answer whose body is dropped, and a redirect', async () => {
    const { url, requests } = await serve((incoming, response) => {
      if (incoming.url === '/moved') response.writeHead(302, { location: '/there' }).end('moved there');
      else {
        // The end comes after the answer was taken: a body that is given up there takes its connection along.
        response.writeHead(200).write('{"accepted":');
        setTimeout(() => response.end('true}'), 5);
      }
    });
    for (let round = 0; round < 20; round += 1) {
      await requestStatus({ ...bounds, fetch, url: `${url}/moved` });
      // The body is read behind the answer.
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(requests).toHaveLength(40);
    expect(new Set(requests.map(({ socket }) => socket)).size).toBeLessThanOrEqual(2);
  });

  it('[NET-08] is given up with a dropped body that is long or never ends', async () => {
    let closed = 0;
    const { url } = await serve((incoming, response) => {
      response.on('close', () => (closed += 1));
      response.writeHead(200);
      if (incoming.url === '/long') response.end('x'.repeat(10_000_000));
      else response.write('and then nothing');
    });
    for (const path of ['/long', '/endless']) {
      const { status } = await requestStatus({ ...bounds, fetch, url: url + path });
      expect(status).toBe(200);
    }
    await expect.poll(() => closed, { timeout: 10_000 }).toBe(2);
  });
});
