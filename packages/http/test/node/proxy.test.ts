import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { createCertificate } from '@sortition/rig';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createKeepAliveFetch } from '../../src/node/index.ts';
import { serve } from '../local-server.ts';

afterEach(() => vi.unstubAllEnvs());

/** A proxy that opens tunnels, and notes where to. */
async function startProxy() {
  const tunnels: string[] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client, head) => {
    tunnels.push(String(request.url));
    const [host, port] = String(request.url).split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels };
}

describe('the transport and proxies', () => {
  it('uses those of the environment only when asked to, and NO_PROXY names exceptions', async () => {
    const proxy = await startProxy();
    const { url } = await serve((_request, response) => response.writeHead(200, { connection: 'close' }).end('ok'));
    const host = new URL(url).host;
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', '');
    const ask = async (option?: 'environment') => {
      const fetch = createKeepAliveFetch({ proxy: option });
      onTestFinished(() => fetch.close());
      return (await fetch(url)).text().catch(String);
    };
    expect(await ask()).toBe('ok');
    expect(proxy.tunnels).toEqual([]);
    expect(await ask('environment')).toBe('ok');
    expect(proxy.tunnels).toEqual([host]);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    expect(await ask('environment')).toBe('ok');
    expect(proxy.tunnels).toEqual([host]);
  });

  it('asks for https through a tunnel of HTTPS_PROXY, in which the certificate is that of the host', async () => {
    const proxy = await startProxy();
    const server = createSecureServer(await createCertificate(), (_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9');
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', '');
    const fetch = createKeepAliveFetch({ proxy: 'environment' });
    onTestFinished(() => fetch.close());
    await expect(fetch(`https://${host}`)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(proxy.tunnels).toEqual([host]);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await (await fetch(`https://${host}`)).text()).toBe('ok');
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    const before = [...proxy.tunnels];
    expect(await (await fetch(`https://${host}`)).text()).toBe('ok');
    expect(proxy.tunnels).toEqual(before);
  });

  it('refuses a proxy beside what a proxy would undo', () => {
    for (const option of [{ addresses: 'public' }, { unref: true }, { lookup: () => undefined }] as const) {
      expect(() => createKeepAliveFetch({ proxy: 'environment', ...option })).toThrowError(
        expect.objectContaining({ code: 'invalid-option' }),
      );
    }
  });
});
