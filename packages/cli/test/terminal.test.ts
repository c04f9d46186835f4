/** On a terminal: questions, progress and colour. The terminal is one of `script`, which every Debian and macOS has. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { eachWithProgress } from '../src/progress.ts';
import { makeFolder, PROGRAM, runCli } from './run-cli.ts';
import { buildShop } from './shop.ts';

const hasScript = spawnSync('script', ['--version']).status === 0;

interface Session {
  readonly code: number | null;
  /** Everything that the terminal showed, with its control characters. */
  readonly shown: string;
}

/** Runs the program on a terminal; types `answer` once the terminal shows `question`. */
function runOnTerminal(
  args: readonly string[],
  cwd: string,
  {
    question,
    answer = '',
    env,
    input = '',
  }: { question?: string; answer?: string; env?: Readonly<Record<string, string>>; input?: '' | '</dev/null' } = {},
): Promise<Session> {
  const { NO_COLOR: _none, FORCE_COLOR: _forced, CI: _ci, ...outer } = process.env;
  const call = [process.execPath, PROGRAM, ...args].map((part) => `'${part}'`).join(' ');
  const command = `stty cols 100 rows 30; ${call} ${input}`; // the terminal of a pipe has no size
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    cwd,
    env: { ...outer, TERM: 'xterm', ...env },
  });
  let shown = '';
  let isAnswered = question === undefined;
  child.stdout.on('data', (chunk) => {
    shown += chunk;
    if (isAnswered || !shown.includes(question as string)) return;
    isAnswered = true;
    child.stdin.write(answer);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, shown }));
  });
}

const FLAGS = `
import { experiment, flag, rollout } from '@sortition/authoring';
export const checkout = flag('checkout', {
  variations: { classic: {}, one_page: {} },
  rules: [experiment('redesign', { split: { classic: 50, one_page: 50 } }), rollout({ serve: 'classic' })],
});
`;

/** A repository whose flags would move users since the last build. */
async function makeMovingRepository(): Promise<string> {
  const cwd = makeFolder();
  mkdirSync(join(cwd, 'flags'));
  writeFileSync(join(cwd, 'flags/shop.flags.ts'), FLAGS);
  expect((await runCli(['build', 'flags', '--users', '500'], { cwd })).code).toBe(0);
  writeFileSync(join(cwd, 'flags/shop.flags.ts'), FLAGS.replace('one_page: 50', 'one_page: 10'));
  return cwd;
}

const question = 'would get another variation. Why may they?';

describe.skipIf(!hasScript)('on a terminal', () => {
  it('asks why users may move, and records the answer', async () => {
    const cwd = await makeMovingRepository();
    const { code, shown } = await runOnTerminal(['build', 'flags', '--users', '500'], cwd, {
      question,
      answer: 'the redesign lost\r',
    });
    expect(shown).toMatch(/\d+ users of 500 would get another variation/);
    expect([code, shown]).toEqual([0, shown]);
    const { moves } = JSON.parse(readFileSync(join(cwd, 'flags/sortition.lock.json'), 'utf8'));
    expect(moves).toMatchObject([{ environment: 'default', reason: 'the redesign lost' }]);
  });

  it.each([
    ['an empty answer', '\r'],
    ['Ctrl+C', '\u0003'],
  ])('writes nothing after %s', async (_, answer) => {
    const cwd = await makeMovingRepository();
    const before = readFileSync(join(cwd, 'datafile.json'), 'utf8');
    const { code, shown } = await runOnTerminal(['build', 'flags', '--users', '500'], cwd, { question, answer });
    expect([code, shown]).toEqual([1, shown]);
    expect(shown).toContain('nothing was written');
    expect(readFileSync(join(cwd, 'datafile.json'), 'utf8')).toBe(before);
  });

  it('does not ask for JSON, with --check, or where nobody can answer', async () => {
    const cwd = await makeMovingRepository();
    for (const option of ['--json', '--check']) {
      const { code, shown } = await runOnTerminal(['build', 'flags', '--users', '500', option], cwd);
      expect([option, code, shown.includes(question)]).toEqual([option, 1, false]);
    }
    expect(await runCli(['build', 'flags', '--users', '500'], { cwd })).toMatchObject({ code: 1 });
    expect(existsSync(join(cwd, 'datafile.json'))).toBe(true);
  });

  it.each([
    ['with the terminal as its input', ''],
    ['with another input', '</dev/null'],
  ] as const)('signals the command behind "emulate" once for one Ctrl+C, %s', async (_, input) => {
    const command =
      'let n = 0; setTimeout(process.exit, 30_000); process.on("SIGINT", () => { n += 1; setTimeout(() => { console.log("signals: " + n); process.exit() }, 1_500) }); console.log("runs")';
    const { shown } = await runOnTerminal(['emulate', '--', process.execPath, '-e', command], makeFolder(), {
      question: 'runs',
      answer: '\u0003',
      input,
    });
    expect(shown).toMatch(/signals: 1\r?\n/);
  });

  it('leaves a command behind "emulate" alone that goes on after Ctrl+C', async () => {
    const command =
      'let n = 0; setTimeout(process.exit, 30_000); process.on("SIGINT", () => { n += 1; if (n === 1) setTimeout(() => { process.kill(process.ppid, "SIGINT"); setTimeout(() => { console.log("signals: " + n); process.exit() }, 500) }, 6_000) }); console.log("runs")';
    const { shown } = await runOnTerminal(['emulate', '--', process.execPath, '-e', command], makeFolder(), {
      question: 'runs',
      answer: '\u0003',
    });
    expect(shown).toMatch(/signals: 1\r?\n/);
  }, 60_000);

  it('shows progress of long work as a bar, which is gone at the end', async () => {
    const cwd = makeFolder({ 'datafile.json': buildShop() });
    const { code, shown } = await runOnTerminal(['simulate', 'datafile.json', '--users', '300000'], cwd);
    expect(code).toBe(0);
    expect(shown).toContain('Simulating users');
    expect(shown).toContain('\u001b[');
    expect(shown).toContain('redesign');
  });

  it.each([
    ['a terminal', {}, true],
    ['a terminal whose user wants no colour', { NO_COLOR: '1' }, false],
    ['a terminal that cannot show it', { TERM: 'dumb' }, false],
  ])('writes in colour on %s: %j', async (_, env, isColoured) => {
    const datafile = buildShop();
    Object.assign(datafile.experiments[0] as object, { status: 'Paused' });
    const cwd = makeFolder({ 'old.json': buildShop(), 'datafile.json': datafile });
    for (const args of [
      ['check', 'datafile.json', '--level', 'info'],
      ['diff', 'old.json', 'datafile.json', '--users', '100'],
    ]) {
      const { shown } = await runOnTerminal(args, cwd, { env });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of colours are what this is about
      if (isColoured) expect([args, /\u001b\[\d+m/.test(shown)]).toEqual([args, true]);
      else expect([args, shown.includes('\u001b')]).toEqual([args, false]);
    }
  });
});

it('writes no control characters where there is no terminal', async () => {
  const cwd = makeFolder({ 'datafile.json': buildShop() });
  const { code, stdout, stderr } = await runCli(['simulate', 'datafile.json', '--users', '20000'], { cwd });
  expect(code).toBe(0);
  expect(`${stdout}${stderr}`).not.toContain('\u001b');
});

it('says in a log now and then how far long work is', async () => {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 2_000;
    return now;
  });
  let done = 0;
  const users = Array.from({ length: 10_000 }, (_, index) => index);
  await eachWithProgress('Simulating users', users, () => {
    done += 1;
  }).finally(() => vi.restoreAllMocks());
  expect(done).toBe(10_000);
  expect(lines).toEqual(['Simulating users: 3,000 of 10,000\n', expect.anything(), expect.anything()]);
});
