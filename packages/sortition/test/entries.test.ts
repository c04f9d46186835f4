/** The entries that stand beside the main one re-export packages that an application installs on purpose. */
import * as cookies from '@sortition/cookies';
import * as remote from '@sortition/remote';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import * as cookiesEntry from '../src/cookies.ts';
import * as main from '../src/index.ts';
import * as remoteEntry from '../src/remote.ts';

it.each([
  ['remote', remoteEntry, remote],
  ['cookies', cookiesEntry, cookies],
])('sortition/%s has everything of its package, which is an optional peer', (name, entry, whole) => {
  expect({ ...entry }).toEqual({ ...whole });
  const peer = `@sortition/${name}` as keyof typeof manifest.peerDependencies;
  expect(Object.keys(manifest.dependencies)).not.toContain(peer);
  expect(manifest.peerDependencies[peer]).toBeDefined();
  expect(manifest.peerDependenciesMeta[peer].optional).toBe(true);
  for (const exported of Object.keys(whole)) expect(main).not.toHaveProperty(exported);
});

it('a page has everything in one file: nothing is loaded later, by import()', async () => {
  const packages = ['../src/index.ts', '@sortition/cmab', '@sortition/cookies', '@sortition/odp', '@sortition/remote'];
  const { outputFiles } = await build({
    stdin: {
      contents: packages.map((name, index) => `export * as part${index} from '${name}';`).join('\n'),
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    splitting: true, // puts what import() loads into files of their own
    write: false,
    outdir: 'page',
    format: 'esm',
    platform: 'browser',
    conditions: ['@sortition/source'],
  });
  expect(outputFiles.map(({ path }) => path)).toHaveLength(1);
});
