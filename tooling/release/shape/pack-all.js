/**
 * `pnpm pack:all [folder]`: builds every public package, packs it into a folder, `packed` unless named, and prints the line
 * that installs all of them in an application. It is how they are installed while they are not on a registry.
 */
import '@sortition/report/check-node';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '@sortition/report';
import { buildPackages } from '@sortition/report/build-packages';
import { listPublicPackages, packInto } from './pack.js';

const target = resolve(process.argv[2] ?? join(root, 'packed'));
const packages = listPublicPackages();

console.error(`Building ${packages.length} packages (about a minute the first time):`);
if (!(await buildPackages(packages.map(({ name }) => name)))) process.exit(1);

mkdirSync(target, { recursive: true });
// A package that was renamed or removed would be installed by the line below.
for (const file of readdirSync(target)) if (file.endsWith('.tgz')) rmSync(join(target, file));
for (const source of packages) packInto(target, source);

console.log(`${packages.length} packages are packed in ${target}. In the folder of your application, run`);
console.log(`npm install ${target}/*.tgz`);
