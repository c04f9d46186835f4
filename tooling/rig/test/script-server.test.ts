import { request as requestHttps } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCertificate, type Responder, type ScriptServerOptions, startScriptServer } from '../src/index.ts';
import { open } from './connection.ts';

async function start(responders: readonly Responder[], options?: ScriptServerOptions) {
  const server = await startScriptServer(responders, options);
  onTestFinished(() => server.close());
  return server;
}

describe('the scripted server', () => {
  it('answers one after the other, the last one again and again, and records requests', async () => {
    const server = await start([{ status: 503, headers: { 'retry-after': '1' } }, { body: 'ä' }]);
    const first = await fetch(`${server.url}/a?b=1`, { method: 'POST', body: 'c', headers: { 'X-Key': 'k' } });
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await (await fetch(server.url)).text()).toBe('ä');
    expect(await (await fetch(server.url)).text()).toBe('ä');
    await server.received(3);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/a?b=1', body: 'c', headers: { 'x-key': 'k' } });
    server.script((request) => ({ body: request.path }));
    expect(await (await fetch(`${server.url}/echo`)).text()).toBe('/echo');
  });

  it('sends late, in pieces, in chunks and until the connection ends', async () => {
    const server = await start([
      { body: 'late', delayMs: 50 },
      { body: 'drips', drip: { bytes: 1, everyMs: 10 } },
      { body: 'chunks', framing: 'chunked' },
      { body: 'to the end', framing: 'close' },
      { status: 304 },
    ]);
    const texts: string[] = [];
    const start0 = performance.now();
    for (let i = 0; i < 5; i += 1) texts.push(await (await fetch(server.url)).text());
    expect(texts).toEqual(['late', 'drips', 'chunks', 'to the end', '']);
    expect(performance.now() - start0).toBeGreaterThan(80);
  });

  it.each(['length', 'chunked'] as const)('cuts a %s body off with an end or a reset', async (framing) => {
    const server = await start([
      { body: 'x'.repeat(100), framing, cutAt: 50, after: 'fin' },
      { body: 'x'.repeat(100), framing, cutAt: 50, after: 'rst' },
    ]);
    for (let i = 0; i < 2; i += 1) await expect(fetch(server.url).then((r) => r.text())).rejects.toThrow();
  });

  it('never answers, resets, and leaves a body unfinished', async () => {
    const server = await start(['never', 'reset', { body: 'x'.repeat(10), cutAt: 5, after: 'hang' }]);
    const short = () => ({ signal: AbortSignal.timeout(100) });
    await expect(fetch(server.url, short())).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(fetch(server.url, short())).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    await expect(fetch(server.url, short()).then((r) => r.text())).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('sends raw bytes and half-closes', async () => {
    const server = await start([{ raw: 'HTTP/1.1 200 OK\r\nx: 1\r\nx: 2\r\n\r\nhalf', after: 'half-close' }]);
    const connection = open(server.port);
    connection.socket.write('GET / HTTP/1.1\r\n\r\n');
    expect(await connection.ended).toBe('fin');
    expect(connection.received()).toContain('x: 1\r\nx: 2');
    expect(server.open).toBe(1);
    connection.socket.destroy();
    await expect.poll(() => server.open).toBe(0);
  });

  it('serves TLS with a certificate of its own, which clients do not trust unless told to', async () => {
    const certificate = await createCertificate();
    const server = await start([{ body: 'secret' }], { tls: certificate });
    await expect(fetch(server.url)).rejects.toThrow();
    const status = await new Promise((resolve, reject) => {
      requestHttps(server.url, { ca: certificate.cert }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });
});
