/** Every command takes `--json`, and writes one JSON value on standard output then, whatever it found. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder, runCli } from './run-cli.ts';
import { buildShop } from './shop.ts';

const FLAGS = `
import { flag, rollout } from '@sortition/authoring';
export const search = flag('search', { variations: { on: {} }, rules: [rollout({ serve: 'on' })] });
`;

/** `serve` and `emulate` without a command write theirs as well, which `serve.test.ts` reads. */
const CALLS: readonly (readonly [args: readonly string[], code: number, keys: readonly string[]])[] = [
  [['check', 'datafile.json'], 0, ['problems']],
  [['check', 'broken.json'], 1, ['problems']],
  [['types', 'datafile.json'], 0, ['flags', 'text']],
  [['types', 'datafile.json', '-o', 'flag-types.ts'], 0, ['flags', 'output', 'stale']],
  [['diff', 'datafile.json', 'datafile.json', '--users', '10'], 0, ['before', 'after', 'changes', 'users']],
  [['diff', 'broken.json', 'datafile.json', '--users', '10'], 1, ['before', 'after', 'changes', 'users']],
  [['explain', 'datafile.json', '--flag', 'search', '--user', 'ada'], 0, ['flagKey', 'steps']],
  [['simulate', 'datafile.json', '--users', '100'], 0, ['users', 'rules']],
  [['find-user', 'datafile.json', '--flag', 'search', '--variation', 'on'], 0, ['flagKey', 'variationKey', 'userIds']],
  [['find-user', 'datafile.json', '--flag', 'search', '--variation', 'off'], 1, ['flagKey', 'variationKey', 'userIds']],
  [['usage', 'src', '--datafile', 'datafile.json'], 1, ['used', 'findings']],
  [['build', 'flags'], 0, ['flags', 'revision', 'written']],
  [['build', 'imported', '--from', 'datafile.json', '--users', '10'], 0, ['flags', 'written']],
  [['shadow-report', 'differences.jsonl'], 0, ['differences']],
  [['emulate', '--expect', 'sale=0', '--', process.execPath, '-e', 'console.log(1)'], 0, ['failure', 'expectations']],
  [['emulate', '--expect', 'sale', '--', process.execPath, '-e', '0'], 1, ['failure', 'expectations']],
];

it.each(CALLS)('%j', async (args, code, keys) => {
  const broken = buildShop();
  Object.assign(broken.experiments[0] as object, { trafficAllocation: [{ entityId: 'gone', endOfRange: 5_000 }] });
  const cwd = makeFolder({ 'datafile.json': buildShop(), 'broken.json': broken, 'differences.jsonl': '' });
  for (const folder of ['src', 'flags']) mkdirSync(join(cwd, folder));
  writeFileSync(join(cwd, 'src/shop.ts'), "declare const user: any;\nuser.decide('unknown');\n");
  writeFileSync(join(cwd, 'flags/shop.flags.ts'), FLAGS);
  const end = args.indexOf('--');
  const call = end < 0 ? [...args, '--json'] : [...args.slice(0, end), '--json', ...args.slice(end)];
  const run = await runCli(call, { cwd });
  expect([args, run.code, run.stderr]).toEqual([args, code, run.stderr]);
  expect(Object.keys(JSON.parse(run.stdout))).toEqual(expect.arrayContaining([...keys]));
});
