import { createServer } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { request } from '../../src/index.ts';
import { createKeepAliveFetch, isPublicAddress, type KeepAliveFetchOptions } from '../../src/node/index.ts';
import { serve } from '../local-server.ts';

const bounds = { timeoutMs: 5_000, maxBytes: 10_000_000 };

function createTransport(options?: KeepAliveFetchOptions) {
  const transport = createKeepAliveFetch(options);
  onTestFinished(() => transport.close());
  return transport;
}

describe('the keep-alive transport', () => {
  it('keeps its connections for requests in a row', async () => {
    const { url, requests } = await serve((_request, response) => response.end('ok'));
    const fetch = createTransport();
    for (let i = 0; i < 20; i += 1) await request({ ...bounds, url, fetch });
    // A connection rests for a turn of the event loop after an answer, in case the server closes it.
    expect(new Set(requests.map(({ socket }) => socket)).size).toBeLessThanOrEqual(2);
  });

  it('sends a request once more when the server had closed the kept connection', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      let answered = false;
      socket.on('data', () => {
        if (answered) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        answered = true;
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
    const fetch = createTransport();
    expect((await request({ ...bounds, url, fetch })).text).toBe('ok');
    expect((await request({ ...bounds, url, fetch })).text).toBe('ok');
    expect(connections).toBe(2);
  });

  it('refuses encodings nobody asked for', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync('{}'));
    });
    await expect(request({ ...bounds, url, fetch: createTransport() })).rejects.toMatchObject({
      code: 'invalid-response',
    });
  });

  it('caps compressed bytes on the wire', async () => {
    const noise = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 2_654_435_761) >>> 13));
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(noise.toString('base64')));
    });
    await expect(
      request({ ...bounds, url, fetch: createTransport({ maxCompressedBytes: 1_000 }) }),
    ).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('reads several gzip members as one body', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(Buffer.concat([gzipSync('one '), gzipSync('two')]));
    });
    expect((await request({ ...bounds, url, fetch: createTransport() })).text).toBe('one two');
  });

  it('refuses a gzip stream without its end, which the global fetch lets pass', async () => {
    const gzip = gzipSync('z'.repeat(5_000));
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzip.subarray(0, gzip.length - 6));
    });
    await expect(request({ ...bounds, url, fetch: createTransport() })).rejects.toMatchObject({
      code: 'request-failed',
    });
  });

  it('survives a connection that breaks while nobody reads the body', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('x');
      setTimeout(() => response.socket?.resetAndDestroy(), 20);
    });
    const response = await createTransport()(url);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await expect(response.text()).rejects.toThrow();
  });

  it('answers text, json and arrayBuffer like a Response', async () => {
    const { url } = await serve((_request, response) => response.end('{"a":1}'));
    const fetch = createTransport();
    expect(await (await fetch(url)).json()).toEqual({ a: 1 });
    expect(new Uint8Array(await (await fetch(new URL(url))).arrayBuffer())).toHaveLength(7);
    expect((await fetch(url)).ok).toBe(true);
  });

  it('[SEC-01] refuses loopback, private and link-local addresses, also after DNS and by rebinding', async () => {
    const { url, requests } = await serve((_request, response) => response.end());
    const port = new URL(url).port;
    const resolved = ['93.184.216.34', '127.0.0.1'];
    const lookup = vi.fn((_host: string, _options: unknown, callback: (...found: unknown[]) => void) =>
      callback(
        null,
        resolved.map((address) => ({ address, family: 4 })),
      ),
    );
    const fetch = createTransport({ addresses: 'public', lookup: lookup as never });
    for (const target of [url, `http://localhost:${port}`, `http://[::1]:${port}`, `http://rebound.example:${port}`]) {
      await expect(request({ ...bounds, url: target, fetch }), target).rejects.toMatchObject({
        code: 'request-failed',
      });
    }
    expect(lookup).toHaveBeenCalled();
    expect(requests).toHaveLength(0);
  });

  it.each([
    ['8.8.8.8', true],
    ['172.15.255.255', true],
    ['172.16.0.0', false],
    ['172.31.255.255', false],
    ['172.32.0.0', true],
    ['169.254.169.254', false],
    ['100.64.0.1', false],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['2606:4700::1111', true],
    ['::1', false],
    ['::', false],
    ['::ffff:8.8.8.8', false],
    ['::ffff:127.0.0.1', false],
    ['64:ff9b::7f00:1', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['2002:7f00:1::', false],
    ['2001:db8::1', false],
    ['localhost', false],
    ['', false],
  ])('[SEC-01] knows whether %s is public: %s', (address, expected) => {
    expect(isPublicAddress(address)).toBe(expected);
  });
});
