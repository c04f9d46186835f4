import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder, PROGRAM, runCli } from './run-cli.ts';
import { buildShop } from './shop.ts';

const COMMANDS = [
  'check',
  'types',
  'diff',
  'usage',
  'build',
  'explain',
  'simulate',
  'find-user',
  'serve',
  'emulate',
  'shadow-report',
];

it('lists its commands, and says so on standard error when none is named', async () => {
  const help = await runCli(['--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  for (const name of COMMANDS) expect(help.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  expect(await runCli([])).toMatchObject({ code: 2, stdout: '' });
});

it.each(COMMANDS)('%s has a help with examples and exit codes', async (name) => {
  const { code, stdout } = await runCli([name, '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(`USAGE sortition ${name}`);
  expect(stdout).toMatch(new RegExp(`EXAMPLES\n\n {2}.*sortition ${name}`));
  expect(stdout).toContain('  2  wrong usage, or an input that cannot be read');
  expect(stdout).not.toContain('\u001b');
});

describe('wrong usage is one sentence that says what to do, with exit code 2', () => {
  it.each([
    [['chek'], 'sortition: "chek" is not a command; did you mean "check"? "sortition --help" lists the commands.\n'],
    [['check'], 'sortition: <datafile> is missing; run "sortition check --help" for how it is used.\n'],
    [['check', 'datafile.json', '--levl', 'info'], /^sortition: Unknown option '--levl'; run "sortition check --help"/],
    [['check', 'datafile.json', '--level'], /^sortition: Option '--level <value>' argument missing; run/],
    [
      ['check', 'datafile.json', '--level', 'all'],
      'sortition: --level is "all"; expected one of error, warning, info, never.\n',
    ],
    [
      ['types', 'a.json', 'b.json'],
      'sortition: "b.json" is one argument too many; run "sortition types --help" for how it is used.\n',
    ],
    [
      ['explain', 'datafile.json'],
      'sortition: --flag is missing; run "sortition explain --help" for how it is used.\n',
    ],
    [
      ['types', 'missing.json'],
      'sortition: There is no file "missing.json", and it is not an SDK key; give a path, "-" or an SDK key.\n',
    ],
    [
      ['diff', 'datafile.json', 'datafile.json', '--users', '-5'],
      'sortition: --users has no value; write --users=… for a value that begins with a dash.\n',
    ],
    [
      ['explain', 'datafile.json', '--flag', 'search', '--user', 'ada', '--attribute', '=gold'],
      'sortition: --attribute is "=gold"; expected key=value, such as plan=gold.\n',
    ],
    ...['purchase==1', 'purchase=>1', 'purchase=one', '=1'].map((text): [string[], string] => [
      ['emulate', '--port', '0', '--expect', text, '--', 'node', '-e', '0'],
      `sortition: --expect is "${text}"; expected an event such as "purchase>=2", "sale=0" or "impression/checkout".\n`,
    ]),
    [['types', 'text.json'], /^sortition: text\.json is not a datafile: .+\n$/],
    [['types', '.'], /^sortition: The file \. cannot be read: .+\n$/],
  ])('%j', async (args, message) => {
    const cwd = makeFolder({ 'text.json': 'no JSON', 'datafile.json': buildShop() });
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    if (typeof message === 'string') expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
  });
});

it('says in one sentence that its output cannot be written, and ends with 2', async () => {
  const cwd = makeFolder({ 'datafile.json': buildShop() });
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const run = spawnSync(process.execPath, [PROGRAM, 'types', 'datafile.json'], {
    cwd,
    stdio: ['ignore', full, 'pipe'],
  });
  expect(String(run.stderr)).toMatch(/^sortition: Standard output cannot be written: .+\n$/);
  expect(run.status).toBe(2);
});

it('reads a datafile from standard input', async () => {
  const { code, stdout } = await runCli(['check', '-'], { input: JSON.stringify(buildShop()) });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'ok  standard input\n' });
});
