import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolder, PROGRAM, runCli } from './run-cli.ts';
import { buildShop } from './shop.ts';

/** Starts a command that runs until it is stopped; resolves with the address it prints. */
async function start(
  args: readonly string[],
  cwd: string,
): Promise<{ url: string; child: ChildProcess; stderr(): string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args, '--port', '0', '--json'], { cwd });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (stdout.includes('\n')) resolve(JSON.parse(stdout).url);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${stderr}`)));
  });
  return { url, child, stderr: () => stderr };
}

function stop(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return ended;
}

it('serves decisions of a datafile and those of its next revision, and ends with 0 when it is stopped', async () => {
  const datafile = buildShop();
  const cwd = makeFolder({ 'datafile.json': datafile });
  const { url, child } = await start(['serve', 'datafile.json'], cwd);
  const evaluate = async (key: string) => {
    const response = await fetch(`${url}/ofrep/v1/evaluate/flags/${key}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ context: { targetingKey: 'ada' } }),
    });
    return (await response.json()) as { value?: unknown };
  };
  expect((await evaluate('search')).value).toBe(true);
  for (const flag of datafile.featureFlags) if (flag.key === 'search') flag.rolloutId = '';
  writeFileSync(join(cwd, 'datafile.json'), JSON.stringify({ ...datafile, revision: '2' }));
  await expect.poll(async () => (await evaluate('search')).value).toBe(false);
  expect(await stop(child)).toBe(0);
});

it('does not listen with a file that is not a datafile', async () => {
  const cwd = makeFolder({ 'datafile.json': '[]' });
  expect(await runCli(['serve', 'datafile.json'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('datafile.json is not a datafile'),
  });
});

it('emulates the CDN for other commands, which take an SDK key, and publishes a folder again when it changes', async () => {
  const datafile = buildShop();
  const cwd = makeFolder({ 'shop-live.json': datafile });
  const { url, child } = await start(['emulate', '--folder', '.', '--segments', 'ada=vip'], cwd);
  const env = { SORTITION_DATAFILE_URL: `${url}/datafiles/%s.json` };
  const elsewhere = makeFolder();
  const check = await runCli(['check', 'shop-live'], { cwd: elsewhere, env });
  expect(check).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok {2}the datafile of SDK key /) });
  expect(check.stdout).not.toContain('shop-live');
  expect(await runCli(['check', 'shop-gone'], { cwd: elsewhere, env })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the server answered 404'),
  });
  writeFileSync(join(cwd, 'shop-live.json'), JSON.stringify({ ...datafile, revision: '2' }));
  const revision = async () => (await (await fetch(`${url}/datafiles/shop-live.json`)).json()).revision;
  await expect.poll(revision).toBe('2');
  expect(await stop(child)).toBe(0);
});

/** An application that decides, tracks and sends. */
const APPLICATION = `
import { createBatchEvents, createClient, createPollingConfig } from '${import.meta.resolve('sortition')}';
const client = createClient({
  config: createPollingConfig({ sdkKey: 'shop', urlTemplate: process.env.SORTITION_DATAFILE_URL, updates: 'manual' }),
  events: createBatchEvents({ endpoint: process.env.SORTITION_EMULATOR_URL + '/v1/events' }),
});
await client.ready();
const user = client.createUserContext('ada', { plan: 'gold' });
console.log(user.decide('checkout').variationKey);
user.trackEvent('purchase');
await client.close();
process.exitCode = Number(process.argv[2] ?? 0);
`;

it('runs a command against the services and checks which events arrived', async () => {
  const cwd = makeFolder({
    'datafile.json': buildShop(),
    'application.mjs': APPLICATION.replace('/src/index.ts', '/dist/index.js'),
  });
  const run = (expected: readonly string[], ...args: string[]) =>
    runCli(
      [
        'emulate',
        '--datafile',
        'shop=datafile.json',
        ...expected.flatMap((text) => ['--expect', text]),
        '--',
        process.execPath,
        'application.mjs',
        ...args,
      ],
      { cwd },
    );
  expect(await run(['purchase>=1', 'impression/checkout=1', 'sale=0'])).toEqual({
    code: 0,
    stdout: 'one_page\n',
    stderr: '3 of 3 expectations hold.\n',
  });
  expect(await run(['purchase>1', 'impression/search'])).toMatchObject({
    code: 1,
    stderr:
      'Expected the event "purchase>1"; 1 of it arrived.\nExpected the event "impression/search"; 0 of it arrived.\n',
  });
  const failed = await run(['purchase'], '3');
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('ended with exit code 3.') });
});

it('ends the command with itself when it is stopped', async () => {
  const waiting = 'console.log(process.pid); setInterval(() => undefined, 1_000)';
  const child = spawn(process.execPath, [PROGRAM, 'emulate', '--', process.execPath, '-e', waiting], {
    cwd: makeFolder(),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const pid = await new Promise<number>((resolve) => child.stdout.once('data', (chunk) => resolve(Number(chunk))));
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  expect(await stop(child)).toBe(1);
  expect(stderr).toMatch(/^The command ".+" ended with SIGTERM\.\n$/);
  expect(isRunning(pid)).toBe(false);
});

it('ends a command that ignores a signal at the second one, but not at a repetition of the first', async () => {
  const ignoring =
    'for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => console.log("ignored")); console.log("runs"); setTimeout(process.exit, 30_000)';
  const child = spawn(process.execPath, [PROGRAM, 'emulate', '--', process.execPath, '-e', ignoring], {
    cwd: makeFolder(),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  await expect.poll(() => stdout).toBe('runs\n');
  child.kill('SIGTERM');
  child.kill('SIGHUP');
  await expect.poll(() => stdout).toBe('runs\nignored\n');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(stderr).toBe('');
  expect(await stop(child)).toBe(1);
  expect(stderr).toMatch(/^The command ".+" ended with SIGKILL\.\n$/);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it.each([
  [['--segments', 'ada'], '--segments is "ada"; expected two parts with "=" between them.'],
  [['--folder', 'gone'], 'There is no folder "gone"; expected one with <sdk key>.json files.'],
  [['--', 'no-such-program'], /The command "no-such-program" cannot be run: /],
])('emulate %j is wrong usage', async (args, message) => {
  const { code, stderr } = await runCli(['emulate', ...(args[0] === '--' ? [] : ['--port', '0']), ...args], {
    cwd: makeFolder(),
  });
  expect(code).toBe(2);
  if (typeof message === 'string') expect(stderr).toBe(`sortition: ${message}\n`);
  else expect(stderr).toMatch(message);
});
