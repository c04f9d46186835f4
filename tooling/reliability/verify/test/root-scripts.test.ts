/** The scripts of the root, as a user starts them, with nothing on PATH that could begin the work. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from '@sortition/report';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
/**
 * Those that are programs of this workspace; the others belong to tools that say themselves what they take. The decision server
 * of `pnpm serve`, the benchmarks and `pnpm size` do so as well, once what they import is built.
 */
const ours = Object.entries(scripts).filter(
  ([name, script]) => / tooling\/|pnpm --filter/.test(script) && !/^(pnpm:|bench|size$|serve$)/.test(name),
);

const folder = mkdtempSync(join(tmpdir(), 'no-work-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const program of ['turbo', 'pnpm', 'npx', 'npm', 'git']) {
  const file = join(folder, program);
  writeFileSync(file, `#!/bin/sh\necho "${program} was started"\nexit 99\n`);
  chmodSync(file, 0o755);
}

const WHOLE_PATH = [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
/** Runs a script with an argument at its end, as pnpm does. */
function start(script: string, argument: string, PATH = WHOLE_PATH) {
  return spawnSync('/bin/sh', ['-c', `${script} ${argument}`], {
    cwd: root,
    env: { PATH },
    encoding: 'utf8',
    timeout: 30_000,
  });
}

it('there are such scripts', () => expect(ours.length).toBeGreaterThan(20));

it.each([
  ['soak', '--decisions many', '--decisions is "many"; expected a number, 0 or more'],
  ['fuzz', 'nonsense', '"nonsense" is not known; expected adapters, bodies, '],
  ['test:node', '19', '"19" is not known; expected 22, 24, 26'],
  ['test:node', '--only nonsense', 'No package with tests is called nonsense.'],
  ['runtimes', '--only nonsense', 'No row is called nonsense.'],
  ['load', '--only nonsense', 'No load is called nonsense.'],
  ['verify', '--only tests,nonsense', 'There is no step "nonsense"; --help lists them.'],
  ['catalogue:naive', 'nonsense', '"nonsense" is not known; expected '],
  ['screenshots', 'nonsense', '"nonsense" is not known; expected lab-flags, '],
  ['lab', '--with nonsense', 'There is no shop "nonsense"; expected storefront or next-shop.'],
])('pnpm %s %s is refused, and begins no work', (name, args, reason) => {
  const { status, stdout, stderr } = start(String(scripts[name]), args);
  expect(stderr.startsWith(reason), stderr).toBe(true);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

it.each([
  ['screenshots', '', 'chromium'],
  ['site:check', '', 'chromium'],
  ['visitors', '', 'chromium'],
  ['compare:react', '', 'chromium'],
  ['load', '--short --only profiles', 'redis-server'],
])('pnpm %s %s says which program is missing and how to install it, and begins no work', (name, args, program) => {
  symlinkSync(process.execPath, join(folder, 'node'));
  onTestFinished(() => rmSync(join(folder, 'node')));
  const { status, stdout, stderr } = start(String(scripts[name]), args, folder);
  expect(stderr).toMatch(
    new RegExp(`^${program} is not on PATH; install it \\(Debian: apt-get install ${program}\\).*\\n$`),
  );
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

it('pnpm fuzz writes no colours into a log', () => {
  const { status, stdout } = start(String(scripts.fuzz), 'cookies --factor 1');
  expect(stdout).toMatch(/Tests +\d+ passed/);
  expect(stdout).not.toContain('\u001b');
  expect(status).toBe(0);
});

it('pnpm pack:all refuses a folder that has tarballs of others, and removes none', () => {
  const others = join(folder, 'others.tgz');
  writeFileSync(others, 'of others');
  const { status, stderr } = start(String(scripts['pack:all']), folder);
  expect(stderr).toBe(`${others} is not one of the packages that are packed; name a folder without it.\n`);
  expect(status).toBe(2);
  expect(readFileSync(others, 'utf8')).toBe('of others');
});

describe.each(ours)('pnpm %s', (name, script) => {
  it('says with --help how it is called and what it takes, and begins no work', () => {
    const { status, stdout, stderr } = start(script, '--help');
    expect(stderr).toBe('');
    expect(stdout).toMatch(new RegExp(`^Usage: pnpm ${name}\\b`));
    expect(status).toBe(0);
  });

  it('refuses an option it does not know, and begins no work', () => {
    const { status, stdout, stderr } = start(script, '--no-such-option');
    expect(stderr).toMatch(/^Unknown option '--no-such-option'/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
