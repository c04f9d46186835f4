import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const program = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const SPLIT = 'classic: 50, one_page: 30, express: 20';

interface Run {
  readonly code: number;
  readonly output: string;
}

/** A copy of the repository, and the commands that are run in it. */
function makeCopy() {
  const cwd = mkdtempSync(join(tmpdir(), 'flags-as-code-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  for (const name of ['flags', 'src', 'published', 'ci.sh', 'datafile.json', 'package.json'])
    cpSync(join(folder, name), join(cwd, name), { recursive: true });
  symlinkSync(join(folder, 'node_modules'), join(cwd, 'node_modules'));
  const run = async (file: string, ...args: string[]): Promise<Run> => {
    const env = { ...process.env, SORTITION: `${process.execPath} ${program}` };
    try {
      const { stdout, stderr } = await promisify(execFile)(file, args, { cwd, env });
      return { code: 0, output: `${stdout}${stderr}` };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: `${stdout}${stderr}` };
    }
  };
  return {
    cwd,
    ci: () => run('bash', 'ci.sh'),
    sortition: (...args: string[]) => run(process.execPath, program, ...args),
    edit(name: string, from: string, to: string) {
      const text = readFileSync(join(cwd, name), 'utf8');
      expect(text).toContain(from);
      writeFileSync(join(cwd, name), text.replace(from, to));
    },
    published: () => JSON.parse(readFileSync(join(cwd, 'published/shop-live.json'), 'utf8')),
  };
}

it('the repository is built, and CI passes on it without a difference to what is published', async () => {
  const { code, output } = await makeCopy().ci();
  expect([code, output]).toEqual([0, expect.stringContaining('No difference in meaning.')]);
});

it('CI refuses flags that were not built, publishes those that were, and the emulator serves them to the application', async () => {
  const { ci, edit, sortition, published, cwd } = makeCopy();
  const { revision } = published();
  edit('flags/shop.flags.ts', 'share: 40', 'share: 70');
  expect(await ci()).toMatchObject({ code: 1, output: expect.stringContaining('are not up to date') });
  expect(published().revision).toBe(revision);
  expect((await sortition('build', 'flags')).code).toBe(0);
  const { code, output } = await ci();
  expect([code, output]).toEqual([0, expect.stringContaining('the split of rule "europe_gradually" has the user now')]);
  expect(published().revision).toBe(String(Number(revision) + 1));
  expect(existsSync(join(cwd, 'comment.md'))).toBe(true);
  const shop = join(folder, 'dist/shop.js');
  const expected = [
    '--expect',
    'purchase=1',
    '--expect',
    'impression/checkout=1',
    '--expect',
    'impression/free_shipping=1',
  ];
  const served = await sortition('emulate', '--folder', 'published', ...expected, '--', process.execPath, shop);
  expect([served.code, served.output]).toEqual([0, expect.stringContaining('shipping is free from: 20\n')]);
});

it('a change that moves users needs a reason, which is in the repository then', async () => {
  const { ci, edit, sortition, cwd } = makeCopy();
  edit('flags/shop.flags.ts', SPLIT, 'classic: 50, one_page: 50');
  const refused = await sortition('build', 'flags');
  expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('give a reason with --allow-moves')]);
  expect((await sortition('build', 'flags', '--allow-moves', 'express is too slow')).code).toBe(0);
  expect(readFileSync(join(cwd, 'flags/sortition.lock.json'), 'utf8')).toContain('"express is too slow"');
  // The variation is gone, which code may ask for: CI stops here until it is published on purpose.
  expect(await ci()).toMatchObject({ code: 1, output: expect.stringContaining('**(breaks callers)**') });
});

it('CI stops at an assertion that does not hold, and at code that asks for a flag there is not', async () => {
  const broken = makeCopy();
  broken.edit('flags/shop.flags.test.ts', "expectVariation(checkout, 'classic'", "expectVariation(checkout, 'express'");
  expect(await broken.ci()).toMatchObject({
    code: 1,
    output: expect.stringContaining('failed: guestsPayAsBefore in '),
  });
  const unknown = makeCopy();
  unknown.edit('src/shop.ts', "decide('free_shipping')", "decide('free_shiping')");
  expect(await unknown.ci()).toMatchObject({
    code: 1,
    output: expect.stringContaining('The datafile has no flag "free_shiping"; did you mean "free_shipping"?'),
  });
});
