import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const command = fileURLToPath(new URL('../run.js', import.meta.url));
const datafiles = fileURLToPath(new URL('../../../../shared/datafiles', import.meta.url));

/** In a process of its own, bundled: vitest's module wrapper makes this loop three times as slow. */
async function compare(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...args]).catch(
    (failure: { stdout?: string; stderr?: string }) => ({ stdout: `${failure.stdout}\n${failure.stderr}` }),
  );
  return stdout;
}

it('5,000 calls of the whole API answer, tell, send and save with the drop-in what they do with the official SDK', async () => {
  const stdout = await compare('--api', '5000', '--seed', '3');
  expect(stdout).toMatch(
    /\n50\d\d calls on \d+ datafiles, \d+ notifications, \d+ requests, \d+ saved profiles, [\d.]+ s: 0 mismatches\n$/,
  );
  // Every method is among them.
  for (const method of [
    'activate',
    'decideForKeys',
    'getFeatureVariableJSON',
    'getOptimizelyConfig',
    'setForcedVariation',
  ])
    expect(stdout).toContain(` ${method}`);
}, 300_000);

it.skipIf(!existsSync(datafiles))(
  'so do they on real datafiles (which lie beside the checkout in ../shared/datafiles; skipped without them)',
  async () => {
    const stdout = await compare('--api', '1000', '--seed', '4', '--datafiles', datafiles);
    expect(stdout).toMatch(/^\d+ datafiles of /);
    expect(stdout).toMatch(/: 0 mismatches\n$/);
  },
  300_000,
);
