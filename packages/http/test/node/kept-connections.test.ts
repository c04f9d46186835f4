import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { promisify } from 'node:util';
import { createCertificate } from '@sortition/rig';
import { describe, expect, it, onTestFinished } from 'vitest';
import { request } from '../../src/index.ts';
import { createKeepAliveFetch, type KeepAliveFetch, type KeepAliveFetchOptions } from '../../src/node/index.ts';
import { serve } from '../local-server.ts';

function createTransport(options?: KeepAliveFetchOptions): KeepAliveFetch {
  const transport = createKeepAliveFetch(options);
  onTestFinished(() => transport.close());
  return transport;
}

const ask = async (transport: KeepAliveFetch, url: string): Promise<string> => (await transport(url)).text();

/** A server whose answers wait until they are let go. */
async function serveHeld() {
  const held: ServerResponse[] = [];
  const { url, requests, server } = await serve((_request, response) => void held.push(response));
  return { url, requests, held, server, answerAll: () => held.splice(0).map((response) => response.end('ok')) };
}

const socketsOf = (requests: readonly IncomingMessage[]): number => new Set(requests.map(({ socket }) => socket)).size;
const turn = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));

describe('kept connections', () => {
  it('are as many as allowed; further requests wait, in the order they came', async () => {
    const { url, requests, held, answerAll } = await serveHeld();
    const transport = createTransport({ maxSockets: 2 });
    const order: number[] = [];
    const answers = Array.from({ length: 6 }, (_, index) => ask(transport, url).then(() => order.push(index)));
    await expect.poll(() => held).toHaveLength(2);
    await turn();
    expect(requests).toHaveLength(2);
    for (let round = 0; round < 3; round += 1) {
      await expect.poll(() => held).toHaveLength(2);
      answerAll();
    }
    await Promise.all(answers);
    expect(order.slice().sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(socketsOf(requests)).toBe(2);
  });

  it('that the server closes, at once or while idle, are replaced', async () => {
    const { url, requests, server } = await serve((incoming, response) => {
      if (incoming.url === '/' && requests.length === 1) response.setHeader('connection', 'close');
      response.end('ok');
    });
    const transport = createTransport();
    for (let round = 0; round < 3; round += 1) {
      expect(await ask(transport, url)).toBe('ok');
      await turn();
    }
    expect(socketsOf(requests)).toBe(2);
    server.closeIdleConnections();
    await turn();
    expect(await ask(transport, url)).toBe('ok');
    expect(socketsOf(requests)).toBe(3);
  });

  it('that break make room for those who wait, and a first connection that breaks is not tried again', async () => {
    const { url, held } = await serveHeld();
    const transport = createTransport({ maxSockets: 1 });
    const [first, second] = [ask(transport, url), ask(transport, url)];
    await expect.poll(() => held).toHaveLength(1);
    held.splice(0)[0]?.socket?.resetAndDestroy();
    await expect(first).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect.poll(() => held).toHaveLength(1);
    held.splice(0)[0]?.end('ok');
    expect(await second).toBe('ok');
  });

  it('are not spent on a request that was aborted while it waited', async () => {
    const { url, requests } = await serve((_request, response) => setTimeout(() => response.end('ok'), 50));
    const transport = createTransport({ maxSockets: 1 });
    const controller = new AbortController();
    const first = ask(transport, url);
    const aborted = transport(url, { signal: controller.signal });
    const third = ask(transport, url);
    const fourth = ask(transport, url);
    setTimeout(() => controller.abort(new Error('given up')), 10);
    await expect(aborted).rejects.toThrow('given up');
    expect(await first).toBe('ok');
    expect(await third).toBe('ok');
    expect(await fourth).toBe('ok');
    expect(requests).toHaveLength(3);
  });

  it('all end with the transport, and so do requests under way and those that wait', async () => {
    const { url, held, server } = await serveHeld();
    const transport = createTransport({ maxSockets: 1 });
    const outcomes = [ask(transport, url), ask(transport, url)].map((answer) => answer.catch(() => 'failed'));
    await expect.poll(() => held).toHaveLength(1);
    transport.close();
    expect(await Promise.all(outcomes)).toEqual(['failed', 'failed']);
    const connections = promisify(server.getConnections.bind(server));
    await expect.poll(connections).toBe(0);
    const again = ask(transport, url);
    await expect.poll(() => held).toHaveLength(2);
    held[1]?.end('ok');
    expect(await again).toBe('ok');
  });

  it('[SEC-08] over TLS trust only whom they must', async () => {
    const { key, cert } = await createCertificate();
    const server = createSecureServer({ key, cert }, (_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    await expect(ask(createTransport(), `https://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });
});

describe('answers that are not HTTP as agreed', () => {
  it.each([
    ['101', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
    ['101 without an upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ])('[NET-10] fail at once instead of waiting for the deadline: %s', async (_, answer) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const started = performance.now();
    const answered = request({ timeoutMs: 60_000, maxBytes: 1_000, url, fetch: createTransport() });
    await expect(answered).rejects.toMatchObject({ code: 'request-failed' });
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
