/**
 * `pnpm shape`: packs every public package as it would be published and looks at the tarballs, not at the folders: what
 * is missing from `files` or wrong in `exports` shows only there.
 *
 * Per package: our own rules about the manifest, whether its CommonJS loads, publint, are-the-types-wrong. That an
 * application can install and use them is for the tests here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackages } from '@sortition/report/build-packages';
import { readOptions } from '@sortition/report/read-options';
import { checkCommonJs } from './check-commonjs.js';
import { checkManifest } from './check-manifest.js';
import { checkTarball } from './check-tarball.js';
import { packPublicPackages } from './pack.js';

readOptions({
  usage: 'pnpm shape',
  text: 'Builds and packs every public package as it would be published, and looks for what is wrong with the tarballs.',
});
if (!(await buildPackages([]))) process.exit(1);
const { packages, root, remove } = packPublicPackages();
try {
  const [fixedGroup] = JSON.parse(readFileSync(join(root, '.changeset', 'config.json'), 'utf8')).fixed;
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  let problemCount = 0;
  for (const packed of packages) {
    const problems = [
      ...checkManifest(packed, packages, fixedGroup),
      ...checkCommonJs(packed),
      ...(await checkTarball(packed)),
    ];
    if (!readme.includes(`\n| [\`${packed.name}\`](`)) problems.push('has no row in the package table of README.md');
    problemCount += problems.length;
    printVerdict(packed.name, problems);
  }
  if (packages.length === 0 || problemCount > 0) process.exitCode = 1;
} finally {
  remove();
}

/**
 * @param {string} name
 * @param {readonly string[]} problems
 */
function printVerdict(name, problems) {
  console.log(`${problems.length === 0 ? 'ok    ' : 'WRONG '} ${name}`);
  for (const problem of problems) console.log(problem.replace(/^/gm, '         '));
}
