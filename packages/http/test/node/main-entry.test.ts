import { afterEach, describe, expect, it, vi } from 'vitest';
import * as main from '../../src/index.ts';
import * as node from '../../src/node/main.ts';
import { serve } from '../local-server.ts';

const { getBuiltinModule } = process;
const bounds = { timeoutMs: 5_000, maxBytes: 10_000 };

afterEach(() => {
  Object.assign(process, { getBuiltinModule });
  vi.unstubAllGlobals();
  vi.doUnmock('../../src/node/load-undici.ts');
  vi.resetModules();
});

describe('the main entry in Node', () => {
  it('offers the same names as the one everywhere else', () => {
    expect(Object.keys(node).sort()).toEqual(Object.keys(main).sort());
  });

  it('loads no large module of Node until it needs one, so that an import is fast', async () => {
    const names = ['node:dns', 'node:net', 'node:zlib', 'node:http', 'node:tls', 'node:stream', 'node:crypto'];
    const loaded: string[] = [];
    for (const name of names) vi.doMock(name, () => ({ default: loaded.push(name) }));
    // Modules that are asked for in this way are not mocked.
    const ask = (name: string): unknown => {
      if (names.includes(name) || names.includes(`node:${name}`)) loaded.push(name);
      return getBuiltinModule?.(name);
    };
    Object.assign(process, { getBuiltinModule: ask });
    vi.resetModules();
    await import('../../src/node/main.ts');
    await import('../../src/node/index.ts');
    for (const name of names) vi.doUnmock(name);
    expect(loaded).toEqual([]);
  });

  it('loads modules of Node also where Node cannot be asked for them, as before 20.16', async () => {
    Object.assign(process, { getBuiltinModule: undefined });
    const { isPublicAddress } = await import('../../src/node/index.ts');
    expect([isPublicAddress('8.8.8.8'), isPublicAddress('10.0.0.1')]).toEqual([true, false]);
  });

  it('sends requests without the global fetch, which frameworks wrap', async () => {
    const { url } = await serve((_, response) => response.end('answer'));
    const wrapped = vi.fn(() => Promise.reject(new TypeError('the global fetch was used')));
    vi.stubGlobal('fetch', wrapped);
    expect((await node.request({ ...bounds, url })).text).toBe('answer');
    expect((await node.requestOnce({ ...bounds, url }, 'The request')).text).toBe('answer');
    expect(wrapped).not.toHaveBeenCalled();
  });

  it('sends them with the fetch that it is given', async () => {
    const fetch = async () => new Response('from the application');
    expect((await node.request({ ...bounds, url: 'https://a.example', fetch })).text).toBe('from the application');
  });

  it('sends them with the global fetch where a bundle left undici out', async () => {
    vi.doMock('../../src/node/load-undici.ts', () => ({ loadUndici: () => Promise.reject(new Error('not there')) }));
    vi.resetModules();
    const { request } = await import('../../src/node/main.ts');
    vi.stubGlobal('fetch', async () => new Response('from the platform'));
    expect((await request({ ...bounds, url: 'https://a.example' })).text).toBe('from the platform');
  });

  it('goes through the proxies of the environment when Node is told to', async () => {
    const proxy = await serve((_, response) => response.end());
    const tunnels: string[] = [];
    proxy.server.on('connect', (request, socket) => {
      tunnels.push(String(request.url));
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', '');
    vi.resetModules();
    const { request } = await import('../../src/node/main.ts');
    const sent = request({ ...bounds, url: 'http://somewhere.invalid/path' });
    await expect(sent.finally(() => vi.unstubAllEnvs())).rejects.toMatchObject({ code: 'request-failed' });
    expect(tunnels).toEqual(['somewhere.invalid:80']);
  });
});
