/** Processes of their own: what keeps one alive, and what ends it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLabServer } from '@sortition/emulator';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'sortition-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let lab: Awaited<ReturnType<typeof createLabServer>>;
beforeAll(async () => {
  lab = await createLabServer();
});
afterAll(() => lab.close());

const PREAMBLE = `
import { createBatchEvents, createClient, createStaticConfig } from './src/index.ts';
import { shopDatafile } from './test/shop-datafile.ts';
const [endpoint] = process.argv.slice(2);
const events = createBatchEvents({ endpoint });
const client = createClient({ config: createStaticConfig({ datafile: shopDatafile() }), events, logger: false });
const user = client.createUserContext('ada');
`;

/** Runs a program after the preamble. Resolves with its exit code and how long it lived. */
async function run(
  program: string,
  endpoint: string,
): Promise<{ code: number | null; livedMs: number; output: string }> {
  const outfile = join(folder, `${Math.random()}.mjs`);
  await build({
    stdin: { contents: PREAMBLE + program, resolveDir: join(import.meta.dirname, '..'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@sortition/source'],
    logLevel: 'error',
  });
  const startedAt = Date.now();
  const child = spawn(process.execPath, ['--unhandled-rejections=strict', outfile, endpoint]);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, livedMs: Date.now() - startedAt, output }));
  });
}

describe('[LIFE-02] a process', () => {
  test('that decides and ends, without close, is not kept alive by an open batch', async () => {
    const { code, livedMs, output } = await run(`user.decide('checkout');`, `${lab.url}/v1/events`);
    expect([code, output]).toEqual([0, '']);
    expect(livedMs).toBeLessThan(10_000);
  });

  test('is not kept alive by a wait between attempts either', async () => {
    const program = `for (let i = 0; i < 10; i += 1) user.decide('checkout');`;
    const { code, livedMs } = await run(program, 'http://127.0.0.1:1/v1/events');
    expect(code).toBe(0);
    expect(livedMs).toBeLessThan(10_000);
  });

  test('that awaits flush is kept alive until the events are there', async () => {
    const before = lab.events.counts.unique;
    const program = `user.decideAll(); console.log(JSON.stringify(await client.flush()));`;
    const { code, output } = await run(program, `${lab.url}/v1/events`);
    expect([code, JSON.parse(output)]).toEqual([0, { delivered: 4, dropped: 0, pending: 0 }]);
    expect(lab.events.counts.unique).toBe(before + 4);
  });

  test('[LIFE-01] ends without an unhandled rejection when nothing answers, and after use of a closed client', async () => {
    const program = `
      user.decideAll();
      const report = await client.close({ timeoutMs: 200 });
      user.decide('checkout');
      user.trackEvent('purchase');
      console.log(JSON.stringify(report));`;
    const { code, output, livedMs } = await run(program, 'http://127.0.0.1:1/v1/events');
    expect([code, JSON.parse(output)]).toEqual([0, { delivered: 0, dropped: 0, pending: 4 }]);
    expect(livedMs).toBeLessThan(10_000);
  });
});

test('[EVT-07] whatever is called on a closed client, no timer and no request begins: the process ends', async () => {
  const before = lab.events.counts.received;
  const program = `
    user.decideAll();
    await client.close();
    const calls = [
      () => user.decide('checkout').variationKey,
      () => user.decideAllAsync(),
      () => user.trackEvent('purchase'),
      () => user.trackImpression(user.decide('split', ['DISABLE_DECISION_EVENT'])),
      () => user.fetchQualifiedSegments(),
      () => user.load(),
      () => client.ready(),
      () => client.flush(),
      () => client.close(),
      () => client.sendOdpEvent({ action: 'seen' }),
      () => client.createUserContext('bob').decide('checkout').variationKey,
    ];
    for (const call of calls) await call();
    console.log(JSON.stringify([user.decide('checkout').variationKey, client.stats().ignoredAfterClose > 5]));`;
  const { code, livedMs, output } = await run(program, `${lab.url}/v1/events`);
  expect([code, output.trim()]).toEqual([0, '["one_page",true]']);
  expect(livedMs).toBeLessThan(10_000);
  expect(lab.events.counts.received).toBe(before + 4);
});

test('[EVT-10] a process that is stopped and continued delivers what it had, with the same ids', async () => {
  const program = `
    user.decide('checkout');
    await client.flush();
    console.log('stop me');
    await new Promise((resolve) => setTimeout(resolve, 300));
    user.decide('split');
    console.log(JSON.stringify(await client.close({ timeoutMs: 15000 })));`;
  const before = lab.events.counts.unique;
  const outfile = join(folder, 'stopped.mjs');
  await build({
    stdin: { contents: PREAMBLE + program, resolveDir: join(import.meta.dirname, '..'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@sortition/source'],
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [outfile, `${lab.url}/v1/events`]);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 7_000)); // longer than the server keeps idle connections
  child.kill('SIGCONT');
  await new Promise((resolve) => child.once('close', resolve));
  expect(JSON.parse(output.split('\n')[1] ?? '')).toEqual({ delivered: 2, dropped: 0, pending: 0 });
  expect(lab.events.counts.unique).toBe(before + 2);
});
