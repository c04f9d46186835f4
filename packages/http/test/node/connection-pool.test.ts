import { type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, request as requestHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { createCertificate } from '@sortition/rig';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ConnectionPool, createConnectionPool } from '../../src/node/connection-pool.ts';
import { createKeepAliveFetch } from '../../src/node/index.ts';
import { serve } from '../local-server.ts';

interface Answered {
  readonly text: string;
  readonly reused: boolean;
}

/** Sends a request over the pool; rejects as its `error` event says. */
function send(pool: ConnectionPool, port: number, secure = false): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)({ hostname: '127.0.0.1', port, agent: pool.agent });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ text, reused: request.reusedSocket }));
    });
    request.end();
  });
}

function createPool(port: number, more: Partial<Parameters<typeof createConnectionPool>[0]> = {}): ConnectionPool {
  const basics = { secure: false, hostname: '127.0.0.1', port, maxSockets: 2, unref: false, lookup: undefined };
  const pool = createConnectionPool({ ...basics, ...more });
  onTestFinished(() => pool.close());
  return pool;
}

/** A server whose answers wait until they are let go. */
async function serveHeld() {
  const held: ServerResponse[] = [];
  const { url, requests, server } = await serve((_request, response) => void held.push(response));
  const port = Number(new URL(url).port);
  return { port, requests, held, server, answerAll: () => held.splice(0).map((response) => response.end('ok')) };
}

const socketsOf = (requests: readonly IncomingMessage[]): number => new Set(requests.map(({ socket }) => socket)).size;
const turn = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));

describe('kept connections', () => {
  it('are as many as allowed; further requests wait, in the order they came', async () => {
    const { port, requests, held, answerAll } = await serveHeld();
    const pool = createPool(port);
    const order: number[] = [];
    const answers = Array.from({ length: 6 }, (_, index) => send(pool, port).then(() => order.push(index)));
    await expect.poll(() => held).toHaveLength(2);
    await turn();
    expect(requests).toHaveLength(2);
    for (let round = 0; round < 3; round += 1) {
      await expect.poll(() => held).toHaveLength(2);
      answerAll();
    }
    await Promise.all(answers);
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    expect(socketsOf(requests)).toBe(2);
  });

  it('are used again, the one used last first', async () => {
    const { port, requests, held, answerAll } = await serveHeld();
    const pool = createPool(port);
    const both = [send(pool, port), send(pool, port)];
    await expect.poll(() => held).toHaveLength(2);
    answerAll();
    expect((await Promise.all(both)).map(({ reused }) => reused)).toEqual([false, false]);
    for (let round = 0; round < 3; round += 1) {
      const one = send(pool, port);
      await expect.poll(() => held).toHaveLength(1);
      answerAll();
      expect((await one).reused).toBe(true);
    }
    expect(socketsOf(requests.slice(2))).toBe(1);
  });

  it('that the server closes, at once or while idle, are replaced', async () => {
    const { url, requests, server } = await serve((request, response) => {
      if (request.url === '/' && requests.length === 1) response.setHeader('connection', 'close');
      response.end('ok');
    });
    const port = Number(new URL(url).port);
    const onEmpty = vi.fn();
    const pool = createPool(port, { onEmpty });
    expect(await send(pool, port)).toEqual({ text: 'ok', reused: false });
    await expect.poll(() => onEmpty).toHaveBeenCalledTimes(1);
    expect(await send(pool, port)).toEqual({ text: 'ok', reused: false });
    expect(await send(pool, port)).toEqual({ text: 'ok', reused: true });
    server.closeIdleConnections();
    await expect.poll(() => onEmpty).toHaveBeenCalledTimes(2);
    expect(await send(pool, port)).toEqual({ text: 'ok', reused: false });
  });

  it('that break make room for those who wait', async () => {
    const { port, held } = await serveHeld();
    const pool = createPool(port, { maxSockets: 1 });
    const [first, second] = [send(pool, port), send(pool, port)];
    await expect.poll(() => held).toHaveLength(1);
    held.splice(0)[0]?.socket?.resetAndDestroy();
    await expect(first).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect.poll(() => held).toHaveLength(1);
    held.splice(0)[0]?.end('ok');
    expect((await second).text).toBe('ok');
  });

  it('are not spent on a request that was aborted while it waited', async () => {
    const { url, requests } = await serve((_request, response) => setTimeout(() => response.end('ok'), 50));
    const fetch = createKeepAliveFetch({ maxSockets: 1 });
    onTestFinished(() => fetch.close());
    const controller = new AbortController();
    const first = fetch(url);
    const aborted = fetch(url, { signal: controller.signal });
    const third = fetch(url);
    controller.abort(new Error('given up'));
    await expect(aborted).rejects.toThrow('given up');
    expect(await (await first).text()).toBe('ok');
    expect(await (await third).text()).toBe('ok');
    expect(requests).toHaveLength(2);
    expect(socketsOf(requests)).toBe(1);
  });

  it('all end with the pool, and so do requests under way and those that wait', async () => {
    const { port, held, server } = await serveHeld();
    const pool = createPool(port, { maxSockets: 1 });
    const outcomes = [send(pool, port), send(pool, port)].map((answer) => answer.catch(() => 'failed'));
    await expect.poll(() => held).toHaveLength(1);
    pool.close();
    expect(await Promise.all(outcomes)).toEqual(['failed', 'failed']);
    const connections = promisify(server.getConnections.bind(server));
    await expect.poll(connections).toBe(0);
  });

  it('leave nothing behind for origins nobody asks any more', async () => {
    const fetch = createKeepAliveFetch();
    onTestFinished(() => fetch.close());
    const servers = await Promise.all(
      Array.from({ length: 5 }, () => serve((_request, response) => response.end('ok'))),
    );
    for (const { url } of servers) expect(await (await fetch(url)).text()).toBe('ok');
    for (const { server } of servers) server.closeIdleConnections();
    await turn(50);
    for (const { url } of servers) expect(await (await fetch(url)).text()).toBe('ok');
    fetch.close();
    await expect(fetch(servers[0]?.url ?? '').then((response) => response.text())).resolves.toBe('ok');
  });

  it('over TLS are resumed, name the host, and trust nobody they need not', async () => {
    const { key, cert } = await createCertificate();
    const resumed: boolean[] = [];
    const server = createSecureServer({ key, cert }, (request, response) => {
      resumed.push((request.socket as TLSSocket).isSessionReused());
      response.end(String((request.socket as TLSSocket).servername));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const stranger = createPool(port, { secure: true });
    await expect(send(stranger, port, true)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const trusting = createPool(port, { secure: true, hostname: 'localhost', tls: { ca: cert } });
    expect(await send(trusting, port, true)).toEqual({ text: 'localhost', reused: false });
    expect(await send(trusting, port, true)).toEqual({ text: 'localhost', reused: true });
    server.closeIdleConnections();
    await turn(50);
    expect(await send(trusting, port, true)).toEqual({ text: 'localhost', reused: false });
    expect(resumed).toEqual([false, false, true]);
  });
});
