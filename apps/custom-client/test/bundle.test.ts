/** What ends up in a program that is built on the client, and what that program prints. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const BUILT = fileURLToPath(new URL('../dist/main.js', import.meta.url));

describe('the program', () => {
  it('prints decisions, events and reasons, and ends by itself', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BUILT], { encoding: 'utf8', timeout: 60_000 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(stdout.trimEnd());
    const [before = '', , after = ''] = stdout.split('\n\n');
    for (const [, user, guide] of before.matchAll(/event +(\w+) +brewing_guide: (\w+)/g)) {
      expect(after).toMatch(new RegExp(`event +${user} +brewing_guide: ${guide}`));
    }
    expect(after).toMatch(/emil +brewing_guide: old/);
  });

  it('has nothing of the packages it does without, and of Node', async () => {
    const { metafile } = await build({
      entryPoints: [fileURLToPath(new URL('../src/client.ts', import.meta.url))],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      conditions: ['@sortition/source'],
    });
    // What was looked at and left out again is no part of the program.
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
    const kept = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
    const packages = kept.flatMap((path) => /packages\/([\w-]+)\//.exec(path)?.[1] ?? []);
    expect([...new Set(packages)].sort()).toEqual(['core', 'datafile', 'http']);
    // Datafiles are text, which is all they need of the transport.
    expect(kept.filter((path) => path.includes('packages/http/')).map((path) => basename(path))).toEqual(['text.ts']);
  });
});
