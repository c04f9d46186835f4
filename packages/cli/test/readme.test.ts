import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder, PROGRAM } from './run-cli.ts';
import { buildShop } from './shop.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const COMMANDS = [...README.matchAll(/^```sh\n(.*?)^```/gms)]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .filter((line) => line.startsWith('sortition '));

const FLAGS = `
import { flag, rollout } from '@sortition/authoring';
export const search = flag('search', {
  variations: { on: {} },
  rules: [rollout({ serve: 'on' })],
  environments: { staging: [rollout({ serve: 'on', share: 50 })] },
});
`;

it('shows every command', () => {
  const names = [
    'check',
    'types',
    'diff',
    'explain',
    'simulate',
    'find-user',
    'usage',
    'build',
    'serve',
    'emulate',
    'shadow-report',
  ];
  expect([...new Set(COMMANDS.map((line) => line.split(' ')[1]))]).toEqual(names);
});

it('has no command that cannot do its work: they are run as they are written, one after the other', async () => {
  const cwd = makeFolder({
    'datafile.json': buildShop(),
    'published.json': buildShop({ classic: 40, one_page: 60 }),
    'users.csv': 'userId,plan\nada,gold\n',
    'differences.jsonl': '',
  });
  for (const folder of ['src', 'flags', 'public', 'bin']) mkdirSync(join(cwd, folder));
  writeFileSync(join(cwd, 'src/shop.ts'), "declare const user: any;\nuser.decide('checkout');\n");
  writeFileSync(join(cwd, 'flags/shop.flags.ts'), FLAGS);
  // In place of what is in `node_modules/.bin` of an application.
  writeFileSync(join(cwd, 'bin/sortition'), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`, {
    mode: 0o755,
  });
  for (const line of COMMANDS) {
    // A datafile that `build` wrote has other flags than the ones that the commands after it ask for.
    if (!line.includes(' build ')) writeFileSync(join(cwd, 'datafile.json'), JSON.stringify(buildShop()));
    const { code, output } = await runLine(line, cwd);
    expect([line, code, output]).toEqual([
      line,
      expect.toSatisfy((found) => found === 0 || (found === 1 && / diff | check | --level warning/.test(line))),
      output,
    ]);
    expect(output).not.toMatch(/^sortition: /m);
  }
});

/** Runs a line in a shell; what listens is stopped then. */
function runLine(line: string, cwd: string): Promise<{ code: number | null; output: string }> {
  const child = spawn('sh', ['-c', `exec ${line}`], {
    cwd,
    env: { ...process.env, PATH: `${join(cwd, 'bin')}:${process.env.PATH}` },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
      if (output.includes('Listening on')) child.kill('SIGTERM');
    });
  child.stdin.end();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
