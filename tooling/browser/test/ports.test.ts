/** The apps, started with a port that is none or that is taken. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '@sortition/report';
import { describe, expect, it, onTestFinished } from 'vitest';

function start(app: string, variable: string, port: string) {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'apps', app, 'dist/main.js')], {
    env: { ...process.env, NODE_OPTIONS: '', LAB_DATA: tmpdir(), [variable]: port },
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stderr };
}

describe.each([
  ['lab', 'LAB_PORT'],
  ['storefront', 'STOREFRONT_PORT'],
  ['next-shop', 'NEXT_SHOP_PORT'],
])('%s', (app, variable) => {
  it.each(['x', '99999', '-1'])(`refuses ${variable}=%s in one sentence that names it`, (port) => {
    const { status, stderr } = start(app, variable, port);
    expect(stderr).toMatch(new RegExp(`^${variable} .*"${port}".*\\n$`));
    expect(status).toBe(1);
  });

  it(`says that its port is in use, and that ${variable} chooses another`, async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { status, stderr } = start(app, variable, String(port));
    expect(stderr).toMatch(new RegExp(`^Port ${port} is already in use; .*${variable}`, 'm'));
    expect(status).toBe(1);
  });
});
