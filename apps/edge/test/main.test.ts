/** The built program: the worker behind a real port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createLabServer, createMemoryEventStore } from '@sortition/emulator';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { describe, expect, it, onTestFinished } from 'vitest';

const BUILT = fileURLToPath(new URL('../dist/main.js', import.meta.url));

async function startMain(env: Record<string, string>): Promise<{ child: ChildProcess; output: () => string }> {
  const child = spawn(process.execPath, [BUILT], { env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  return { child, output: () => output };
}

/** A port nobody listens on, for now. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the program', () => {
  it('serves the worker over HTTP, and sends what is left when it is told to stop', async () => {
    const store = createMemoryEventStore();
    const lab = await createLabServer({ datafiles: { lab: SHOP_DATAFILE }, eventStore: store });
    onTestFinished(() => lab.close());
    const port = await findFreePort();
    const { child, output } = await startMain({ LAB_PORT: String(lab.port), EDGE_PORT: String(port) });
    expect(output()).toContain(`http://127.0.0.1:${port}`);
    const page = await fetch(`http://127.0.0.1:${port}/?plan=gold`);
    expect(page.status).toBe(200);
    expect(page.headers.get('set-cookie')).not.toContain('Secure');
    expect(await page.text()).toMatch(/by the rule (checkout_redesign|holdout_this_quarter)/);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(store.events.size).toBe(2);
  });

  it('says when its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { child, output } = await startMain({ EDGE_PORT: String(port) });
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(1);
    expect(output()).toContain(`Port ${port} is already in use`);
  });

  it.each(['shop', '70000', ''])('says when its port is none: %j', async (port) => {
    const { child, output } = await startMain({ EDGE_PORT: port });
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(1);
    expect(output()).toContain(`EDGE_PORT is "${port}"; a port number was expected.`);
  });
});
