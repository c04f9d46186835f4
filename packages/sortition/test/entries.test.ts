/** The entries that stand beside the main one re-export packages that an application installs on purpose. */
import * as cookies from '@sortition/cookies';
import * as remote from '@sortition/remote';
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
