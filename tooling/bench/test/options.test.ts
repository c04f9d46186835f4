import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PROGRAMS = ['main.js', 'events.js', 'openfeature.js', 'http/main.js'];

function run(program: string, args: readonly string[], env = process.env) {
  const script = fileURLToPath(new URL(`../${program}`, import.meta.url));
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', timeout: 60_000, env });
}

describe.each(PROGRAMS)('%s', (program) => {
  it('prints what it measures and its options with --help, and measures nothing', () => {
    const { status, stdout, stderr } = run(program, ['--help']);
    expect(stdout).toMatch(/^Usage: pnpm bench\S* \[options\]\n\n.+\n\n {2}--quick +fewer .+\n/);
    expect(stdout).not.toContain('|');
    expect([status, stderr]).toEqual([0, '']);
  });

  it.each(['--qick', '--quick=9', 'quick'])('refuses %s, says so and prints the options', (argument) => {
    const { status, stdout, stderr } = run(program, [argument]);
    expect(stderr).toContain(argument.replace('=9', ''));
    expect(stderr).toContain('Usage: ');
    expect([status, stdout]).toEqual([2, '']);
  });
});

it.each(['main.js', 'http/main.js'])('%s --only with the name of nothing says what there is', (program) => {
  const { status, stdout, stderr } = run(program, ['--only', 'no such row']);
  expect(stderr).toMatch(/^No \w+ has "no such row" in its name\. There are:\n( {2}.+\n){4,}$/);
  expect([status, stdout]).toEqual([2, '']);
});

it.each([
  ['sticky', 'redis-server'],
  ['Chromium', 'chromium'],
])('main.js --only %s says at once that %s is not there', (text, program) => {
  const { status, stdout, stderr } = run('main.js', ['--only', text], { ...process.env, PATH: '' });
  expect(stderr).toMatch(new RegExp(`^${program} is not on PATH, and .*${text}.* needs it\\..*--only`));
  expect([status, stdout]).toEqual([2, '']);
});
