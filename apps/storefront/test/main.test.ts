/** The built program, and what pages load. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createLabServer, createMemoryEventStore } from '@sortition/emulator';
import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { describe, expect, it, onTestFinished } from 'vitest';
import { visitShop } from './shop-visitor.ts';

interface Program {
  readonly child: ChildProcess;
  output(): string;
}

async function startMain(env: Record<string, string>): Promise<Program> {
  const built = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const child = spawn(process.execPath, [built], { env: { ...process.env, REDIS_URL: undefined, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
  return { child, output: () => output };
}

describe('the program', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('runs until %s, and then sends the events that are left', async (signal) => {
    const store = createMemoryEventStore();
    const lab = await createLabServer({ eventStore: store });
    onTestFinished(() => lab.close());
    lab.datafiles.publish('lab', createShopDatafile(lab.url));
    const { child, output } = await startMain({ LAB_PORT: String(lab.port), STOREFRONT_PORT: '0' });
    const url = /http:\/\/[\d.:]+/.exec(output())?.[0] ?? '';
    expect(output()).toContain(`Storefront: ${url} (lab: ${lab.url}, assignments in memory)`);
    await visitShop(url, 'katherine').post('/cart/items', { product: 'mug' });
    // From a terminal both come: its own, and that of the lab that ends.
    child.kill(signal);
    child.kill(signal === 'SIGINT' ? 'SIGTERM' : 'SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(output().match(/Events delivered \d+, dropped 0, not delivered 0\n/g)).toHaveLength(1);
    expect([...store.events.values()].map(({ key }) => key)).toContain('add_to_cart');
  });

  it('says when its port is taken, and when it is none', async () => {
    const lab = await createLabServer();
    onTestFinished(() => lab.close());
    const taken = await startMain({ STOREFRONT_PORT: String(lab.port) });
    expect(taken.child.exitCode).toBe(1);
    expect(taken.output()).toContain(`Port ${lab.port} is already in use`);
    expect(taken.output()).toContain('STOREFRONT_PORT=<number> chooses another.');
    const invalid = await startMain({ STOREFRONT_PORT: 'front' });
    expect(invalid.child.exitCode).toBe(1);
    expect(invalid.output()).toBe('STOREFRONT_PORT is "front"; a port number was expected.\n');
  });
});

describe('the script of the pages', () => {
  const script = readFileSync(new URL('../dist/shop.js', import.meta.url), 'utf8');

  it('has decisions without a client: under 3.5 kB compressed, no datafile, no evaluation', () => {
    expect(gzipSync(script).byteLength).toBeLessThan(3_500);
    expect(script).not.toMatch(/datafile|trafficAllocation|murmur/);
  });
});
