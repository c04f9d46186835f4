/** What comes in from outside: as little as possible, in known versions, and without running anything. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@sortition/report';
import { expect, it } from 'vitest';

const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const publicManifests = readdirSync(join(root, 'packages'))
  .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
  .map((name) => manifestOf(join(root, 'packages', name)))
  .filter((manifest) => manifest.private !== true);

/** Third-party packages that an application gets along with ours; a new one is a decision to take here. */
const RUNTIME_DEPENDENCIES = {
  '@sortition/cli': ['@clack/prompts', 'citty', 'csv-parse', 'jiti', 'jsonc-parser'],
  '@sortition/core': ['murmurhash-js'],
  '@sortition/emulator': [
    '@graphql-tools/merge',
    '@graphql-tools/schema',
    '@hono/node-server',
    'graphql',
    'graphql-yoga',
    'hono',
  ],
  '@sortition/http': ['undici'],
  '@sortition/odp': ['graphql', 'graphql-request'],
  '@sortition/profile-memory': ['quick-lru'],
  '@sortition/remote': ['quick-lru'],
  '@sortition/server': ['@hono/node-server', '@opentelemetry/api', 'hono', 'prom-client'],
  '@sortition/stats': ['jstat'],
  sortition: ['eventsource-parser', 'undici'],
};

it('[SUP-01] packages depend on what is listed here and on nothing else', () => {
  const found = publicManifests.map(({ name, dependencies = {} }) => [
    name,
    Object.keys(dependencies).filter((dependency) => !/^(@sortition\/|sortition$)/.test(dependency)),
  ]);
  expect(Object.fromEntries(found.filter(([, dependencies]) => dependencies.length > 0))).toEqual(RUNTIME_DEPENDENCIES);
});

it('[SUP-01] cookies can be installed alone: the package has no dependency, not even on ours', () => {
  const cookies = publicManifests.find(({ name }) => name === '@sortition/cookies');
  expect([cookies?.dependencies, cookies?.peerDependencies]).toEqual([undefined, undefined]);
});

it('[SUP-01] Redis clients are the application’s: no package depends on one', () => {
  for (const { name, dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } of publicManifests) {
    for (const client of ['redis', 'ioredis']) {
      expect([name, dependencies[client]]).toEqual([name, undefined]);
      if (peerDependencies[client]) expect([name, peerDependenciesMeta[client]]).toEqual([name, { optional: true }]);
    }
  }
});

it('[SUP-01] scripts of dependencies run at install for the packages that are listed, and no others have any', () => {
  const allowed = /^allowBuilds:\n((?: {2}.+\n)+)/m.exec(workspace)?.[1]?.trim().split('\n') ?? [];
  const decided = allowed.map((line) => line.trim()).filter((line) => !line.startsWith('#'));
  expect(decided).toEqual(['esbuild: true', '"@parcel/watcher": false']);
  expect(workspace).not.toMatch(/dangerouslyAllowAllBuilds|strictDepBuilds: false/);
  expect(packagesWithScripts()).toEqual(['@parcel/watcher', 'esbuild']);
});

it('[SUP-01] versions are those of the lockfile, which CI takes as it is, and no younger than a day', () => {
  expect(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')).toMatch(/^lockfileVersion:/);
  expect(readFileSync(join(root, '.ci/run'), 'utf8')).toMatch(/pnpm install --frozen-lockfile/);
  expect(Number(/^minimumReleaseAge: (\d+)$/m.exec(workspace)?.[1])).toBeGreaterThanOrEqual(24 * 60);
  const catalog = workspace.slice(workspace.indexOf('\ncatalog:\n'));
  const versions = [...catalog.matchAll(/^ {2}\S+: (\S+)$/gm)].map(([, version]) => version);
  expect(versions.length).toBeGreaterThan(20);
  expect(versions.filter((version) => !/^(npm:[@\w./-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version ?? ''))).toEqual([]);
});

/** Names of the installed packages that would run something at install. */
function packagesWithScripts(): string[] {
  const store = join(root, 'node_modules', '.pnpm');
  const names = new Set<string>();
  for (const entry of readdirSync(store)) {
    const modules = join(store, entry, 'node_modules');
    if (!existsSync(modules)) continue;
    for (const name of readdirSync(modules).flatMap((name) => withScope(modules, name))) {
      const folder = join(modules, name);
      if (lstatSync(folder).isSymbolicLink() || !existsSync(join(folder, 'package.json'))) continue;
      const { scripts = {} } = manifestOf(folder);
      const runs = ['preinstall', 'install', 'postinstall'].some((script) => scripts[script] !== undefined);
      if (runs || existsSync(join(folder, 'binding.gyp'))) names.add(name);
    }
  }
  return [...names].sort();
}

function withScope(modules: string, name: string): string[] {
  return name.startsWith('@') ? readdirSync(join(modules, name)).map((child) => `${name}/${child}`) : [name];
}
