/**
 * `pnpm rebuild:check [package ...]`: builds packages once more, in a copy of the workspace in another folder, and compares
 * what comes out byte by byte with the `dist` of the first build. All packages unless some are named.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '@sortition/report';
import { buildPackages } from '@sortition/report/build-packages';
import { readOptions } from '@sortition/report/read-options';
import { createWorkspaceCopy } from '@sortition/report/workspace-copy';

/**
 * @param {readonly string[]} names folders in `packages`, built before
 * @returns {string[]} paths of files that differ or are in one build only
 */
export function compareBuilds(names) {
  const copy = createWorkspaceCopy(root);
  try {
    // Declarations are written against the declarations of the packages below.
    for (const name of listPackages()) {
      cpSync(join(root, 'packages', name, 'dist'), join(copy.folder, 'packages', name, 'dist'), { recursive: true });
    }
    return names.flatMap((name) => {
      const folder = join(copy.folder, 'packages', name);
      const { status, stdout, stderr } = spawnSync('pnpm', ['run', 'build'], {
        cwd: folder,
        encoding: 'utf8',
        // The copy shares the installed packages; bringing them in line would be done in the original.
        env: { ...process.env, npm_config_verify_deps_before_run: 'false' },
      });
      if (status !== 0) throw new Error(`${name} did not build:\n${stdout}${stderr}`);
      return compareFolders(join(root, 'packages', name, 'dist'), join(folder, 'dist')).map(
        (file) => `${name}/${file}`,
      );
    });
  } finally {
    copy.remove();
  }
}

/**
 * @param {string} left
 * @param {string} right
 */
function compareFolders(left, right) {
  const [before, after] = [hashFiles(left), hashFiles(right)];
  return [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file));
}

/**
 * @param {string} folder
 * @returns {Map<string, string>} path to hash
 */
function hashFiles(folder) {
  const files = readdirSync(folder, { recursive: true }).map(String);
  return new Map(
    files.filter((file) => statSync(join(folder, file)).isFile()).map((file) => [file, hashFile(join(folder, file))]),
  );
}

/**
 * Bundled third-party code is named by its path, which in the copy leads to the original's packages: what is in front of
 * `node_modules` is left out.
 *
 * @param {string} path
 */
function hashFile(path) {
  const text = readFileSync(path, 'latin1').replace(/(\.\.\/)[\w./-]*?(?=node_modules\/)/g, '');
  return createHash('sha256').update(text).digest('hex');
}

/** Folders of packages that are built. */
function listPackages() {
  return readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'dist')));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { positionals } = readOptions({
    usage: 'pnpm rebuild:check [package ...]',
    text: 'Builds packages twice, the second time in a copy of the workspace, and compares the files byte by byte.',
    positionals: readdirSync(join(root, 'packages')),
  });
  if (!(await buildPackages([]))) process.exit(1);
  const names = positionals.length > 0 ? positionals : listPackages();
  const different = compareBuilds(names);
  for (const file of different) console.log(`differs: ${file}`);
  console.log(`${names.length} packages built twice, ${different.length} files differ`);
  if (different.length > 0 || names.length === 0) process.exitCode = 1;
}
