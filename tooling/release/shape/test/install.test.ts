/**
 * What the documents tell a newcomer to do, done: pack, install in an empty project, run the quick start.
 *
 * It is packed in a copy of the workspace, because building writes every `dist` again, which tests of other files and packages read meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '@sortition/report';
import { createWorkspaceCopy } from '@sortition/report/workspace-copy';
import { afterAll, beforeAll, expect, it } from 'vitest';

const parent = mkdtempSync(join(tmpdir(), 'newcomer-'));
const application = join(parent, 'application');
// What was built before the tests is not built again.
const env = { ...process.env, TURBO_CACHE_DIR: process.env.TURBO_CACHE_DIR ?? join(root, '.turbo', 'cache') };
const shell = (command: string, cwd: string) => spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' });
const succeed = (command: string, cwd: string): string => {
  const { status, stdout, stderr } = shell(command, cwd);
  if (status !== 0) throw new Error(`${command} failed:\n${stdout}${stderr}`);
  return stdout;
};
const copy = createWorkspaceCopy(root);
afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
  copy.remove();
});

let installLine = '';
beforeAll(() => {
  const printed = succeed(`node tooling/release/shape/pack-all.js ${parent}/packed`, copy.folder);
  installLine = printed.trimEnd().split('\n').at(-1) ?? '';
  succeed('mkdir application && cd application && npm init -y', parent);
}, 600_000);

it('one command packs everything, and its last line installs it in an empty project', () => {
  expect(installLine).toBe(`npm install ${parent}/packed/*.tgz`);
  const { status, stderr } = shell(`${installLine} --no-audit --no-fund`, application);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
}, 600_000);

it('the quick start of the README runs there as it is written', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, code = ''] = /^```ts run\n(.*?)^```$/ms.exec(readme.slice(readme.indexOf('## Quick start'))) ?? [];
  expect(readme).toContain('`try.mjs`');
  writeFileSync(join(application, 'try.mjs'), code);
  cpSync(join(root, 'packages/emulator/src/shop-datafile.json'), join(application, 'datafile.json'));
  expect(succeed('node try.mjs', application)).toMatch(/^one_page: 1 steps\n/);
});

it.each([0, 1, 2])('snippet %i of the first-flag guide runs there as it is written', (index) => {
  const guide = readFileSync(join(root, 'docs/guides/first-flag.md'), 'utf8');
  const [, code = ''] = [...guide.matchAll(/^```ts run\n(.*?)^```$/gms)][index] ?? [];
  expect(code).toContain("from 'sortition'");
  writeFileSync(join(application, 'snippet.mjs'), code);
  expect(succeed('node snippet.mjs', application)).not.toBe('');
});
