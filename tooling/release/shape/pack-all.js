/**
 * `pnpm pack:all [folder]`: builds every public package, packs it into a folder, `packed` unless named, and prints the line
 * that installs all of them in an application. It is how they are installed while they are not on a registry.
 */
import '@sortition/report/check-node';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '@sortition/report';
import { buildPackages } from '@sortition/report/build-packages';
import { readOptions, refuse } from '@sortition/report/read-options';
import { listPublicPackages, packInto } from './pack.js';

const { positionals } = readOptions({
  usage: 'pnpm pack:all [folder]',
  text: 'Builds every public package and packs it into a folder, "packed" unless named.',
  positionals: true,
});
const [folder = join(root, 'packed'), ...others] = positionals;
if (others.length > 0) refuse(`Packages are packed into one folder; ${others.join(', ')} would be left out.`);
const target = resolve(folder);
const packages = listPublicPackages();
const before = existsSync(target) ? readdirSync(target).filter((file) => file.endsWith('.tgz')) : [];
// The line at the end would install it.
const other = before.find((file) => !/^sortition(-[\w-]+)?\.tgz$/.test(file));
if (other !== undefined)
  refuse(`${join(target, other)} is not one of the packages that are packed; name a folder without it.`);

console.error(`Building ${packages.length} packages (about a minute the first time):`);
if (!(await buildPackages(packages.map(({ name }) => name)))) process.exit(1);

mkdirSync(target, { recursive: true });
// A package that was renamed or removed would be installed by the line below.
for (const file of before) rmSync(join(target, file));
for (const source of packages) packInto(target, source);

console.log(`${packages.length} packages are packed in ${target}. In the folder of your application, run`);
console.log(`npm install ${target}/*.tgz`);
