import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startLab } from '../../src/server/lab.ts';

const folder = await mkdtemp(join(tmpdir(), 'sortition-page-'));
await mkdir(join(folder, 'page', 'assets'), { recursive: true });
await writeFile(join(folder, 'page', 'index.html'), '<!doctype html><title>page</title>');
await writeFile(join(folder, 'page', 'assets', 'index-abc.js'), 'export {};');
await writeFile(join(folder, 'secret.txt'), 'secret');
const lab = await startLab({ port: 0, dataFolder: join(folder, 'data'), pageFolder: join(folder, 'page') });
afterAll(async () => {
  await lab.close();
  await rm(folder, { recursive: true });
});

test('the page is served with a policy under which only its own files run', async () => {
  const response = await fetch(`${lab.url}/`);
  expect(await response.text()).toContain('<title>page</title>');
  expect(response.headers.get('content-type')).toContain('text/html');
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy.split('; ')).toEqual(
    expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]),
  );
  expect(policy).not.toContain('unsafe');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

test('assets, whose names change with their content, may be kept', async () => {
  const { headers } = await fetch(`${lab.url}/assets/index-abc.js`);
  expect(headers.get('cache-control')).toContain('immutable');
  expect((await fetch(`${lab.url}/`)).headers.get('cache-control') ?? '').not.toContain('immutable');
});

test.each(['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%5c..%5csecret.txt', '/%00'])(
  '[LAB-01] a path that leads out of the folder, %s, finds nothing',
  async (path) => {
    // fetch would resolve the dots by itself.
    const [status, body] = await new Promise<[number | undefined, string]>((resolve, reject) => {
      request({ host: '127.0.0.1', port: lab.server.port, path }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve([response.statusCode, text]));
      })
        .once('error', reject)
        .end();
    });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).not.toContain('secret');
  },
);
