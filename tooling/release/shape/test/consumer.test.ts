/** What an application gets: the tarballs, installed as it would install them. */
import { spawnSync } from 'node:child_process';
import { root } from '@sortition/report';
import { afterAll, expect, it } from 'vitest';
import { checkConsumer } from '../check-consumer.js';
import { packPublicPackages } from '../pack.js';

const { packages, remove } = packPublicPackages();
afterAll(remove);

it('[SUP-02] a tarball holds what its manifest lists, and the manifest lists it one by one', () => {
  expect(packages.length).toBeGreaterThan(10);
  for (const { name, published, files } of packages) {
    expect([name, published.files]).toEqual([name, expect.arrayContaining(['dist'])]);
    const allowed = new RegExp(`^(package\\.json|README\\.md|LICENSE|(${published.files.join('|')})(/.*)?)$`);
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE']));
  }
});

it('[SUP-02] is published with a proof of where it was built, for everybody', () => {
  for (const { name, manifest } of packages) {
    expect([name, manifest.publishConfig.provenance, manifest.publishConfig.access]).toEqual([name, true, 'public']);
  }
});

it('[SUP-02] an application installs all tarballs and uses them from ES modules, CommonJS and TypeScript', () => {
  const outcomes = checkConsumer(packages);
  expect(outcomes.map(({ check, problem }) => [check, problem])).toEqual(outcomes.map(({ check }) => [check, null]));
  expect(outcomes.length).toBeGreaterThan(5);
}, 600_000);

it('a dry run of the publication of every package passes', () => {
  const { status, stdout, stderr } = spawnSync('pnpm', ['publish:check'], { cwd: root, encoding: 'utf8' });
  expect([status, status === 0 ? '' : `${stdout}${stderr}`]).toEqual([0, '']);
  for (const { name } of packages) expect(`${stdout}${stderr}`).toContain(`${name}@`);
}, 600_000);
