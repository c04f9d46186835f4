import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRemoteClient } from '../../src/node/index.ts';
import { openClient, openCountingServer } from '../clients.ts';

describe('the entry for Node', () => {
  it('keeps its connections for fetches in a row, and closes them', async () => {
    const server = await openCountingServer((_request, response) => response.end('{}'));
    const client = openClient(createRemoteClient, server.url);
    for (let index = 0; index < 20; index += 1) await client.fetch({ user_id: `u-${index}` });
    expect(server.open()).toBeLessThanOrEqual(2);
    await client.close();
    await expect.poll(() => server.open()).toBe(0);
  });

  it('goes through the global fetch in a bundle that left undici out', async () => {
    const server = await openCountingServer((_request, response) => response.end('{"flag":{"key":"on","value":"on"}}'));
    const folder = mkdtempSync(join(tmpdir(), 'without-undici-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await build({
      stdin: {
        contents: `import { createRemoteClient } from './src/node/index.ts';
          const client = createRemoteClient('key', { serverUrl: '${server.url}', fetchRetries: 0 });
          client.fetch({ user_id: 'ada' }).then((variants) => console.log(variants.flag.value), (error) => console.log(String(error)))
            .finally(() => client.close());`,
        resolveDir: fileURLToPath(new URL('../..', import.meta.url)),
      },
      outfile: join(folder, 'program.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@sortition/source'],
      external: ['undici'],
      logLevel: 'silent',
    });
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program.mjs')]);
    expect(stdout).toBe('on\n');
  });

  it('goes through the proxies of the environment when Node is told to', async () => {
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      tunnels.push(String(request.url));
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      vi.unstubAllEnvs();
      proxy.close();
    });
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    vi.stubEnv('NO_PROXY', '');
    const client = openClient(createRemoteClient, 'https://somewhere.invalid');
    await expect(client.fetch({ user_id: 'ada' })).rejects.toMatchObject({ code: 'request-failed' });
    expect(tunnels).toEqual(['somewhere.invalid:443']);
  });

  it('is what Node gets, and only Node', () => {
    const resolve = (condition: string) =>
      execFileSync(
        process.execPath,
        [
          '--conditions',
          condition,
          '--input-type=module',
          '-e',
          "console.log(import.meta.resolve('@sortition/remote'))",
        ],
        { cwd: fileURLToPath(new URL('../..', import.meta.url)), encoding: 'utf8' },
      ).trim();
    expect(resolve('@sortition/source')).toMatch(/\/src\/node\/index\.ts$/);
    expect(resolve('other')).toMatch(/\/dist\/node\.js$/);
  });
});
