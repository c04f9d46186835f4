import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const command = fileURLToPath(new URL('../run.js', import.meta.url));

/** In processes of their own, bundled: vitest's module wrapper makes this loop three times as slow. */
function compare(seed: number): Promise<{ stdout: string }> {
  const run = promisify(execFile)(process.execPath, [command, '--decisions', '100000', '--seed', String(seed)]);
  return run.catch((failure: { stdout?: string; stderr?: string }) => ({
    stdout: `${failure.stdout}\n${failure.stderr}`,
  }));
}

it('200,000 decisions of generated datafiles and users equal those of the official SDK', async () => {
  for (const { stdout } of await Promise.all([compare(1), compare(2)])) {
    expect(stdout).toMatch(/^100\d{3} decisions in \d+ calls on \d+ datafiles, [\d.]+ s: 0 mismatches\n$/);
  }
}, 300_000);

it('a scenario replays by its seed', async () => {
  const run = promisify(execFile)(process.execPath, [command, '--scenario', '2208026769', '--call', '6']);
  expect((await run).stdout).toMatch(/^datafile \{[\s\S]+\ncall {4} \{[\s\S]+\nno difference\n$/);
}, 60_000);
