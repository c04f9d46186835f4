import { describe, expect, it } from 'vitest';
import { makeFolder, runCli } from './run-cli.ts';
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

it('reads a datafile from standard input', async () => {
  const { code, stdout } = await runCli(['check', '-'], { input: JSON.stringify(buildShop()) });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'ok  standard input\n' });
});
