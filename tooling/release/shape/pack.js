/**
 * Packs the public packages of the workspace into a folder of its own.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {Record<string, any>} Manifest
 * @typedef {object} PackedPackage
 * @property {string} name
 * @property {string} folder In the workspace.
 * @property {Manifest} manifest As written in the workspace.
 * @property {string} tarball Path of the `.tgz`.
 * @property {string} unpacked Folder with the tarball's contents: `node_modules/<name>` of a project.
 * @property {Manifest} published The manifest inside the tarball.
 * @property {string[]} files In the tarball, as paths in it.
 * @property {string} project The folder that holds `node_modules`, the same for all packages.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** @returns {Pick<PackedPackage, 'name' | 'folder' | 'manifest'>[]} the packages that are published */
export function listPublicPackages() {
  return readdirSync(join(root, 'packages'))
    .map((child) => join(root, 'packages', child))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({ name: String(manifest.name), folder, manifest }));
}

/**
 * @param {string} target folder for the tarball
 * @param {Pick<PackedPackage, 'name' | 'folder'>} source a package that is built
 * @returns {string} path of the tarball
 */
export function packInto(target, { name, folder }) {
  const tarball = join(target, `${name.replace('@', '').replace('/', '-')}.tgz`);
  execFileSync('pnpm', ['pack', '--out', tarball], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return tarball;
}

/**
 * The caller calls `remove` when done with the files.
 *
 * @returns {{ packages: PackedPackage[], root: string, remove: () => void }}
 */
export function packPublicPackages() {
  const project = mkdtempSync(join(tmpdir(), 'packed-'));
  const packages = [];
  for (const { name, folder, manifest } of listPublicPackages()) {
    const tarball = packInto(project, { name, folder });
    const unpacked = join(project, 'node_modules', name);
    mkdirSync(unpacked, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', unpacked]);
    packages.push({
      name,
      folder,
      manifest,
      tarball,
      unpacked,
      published: readManifest(unpacked),
      files: listFiles(unpacked),
      project,
    });
  }
  return { packages, root, remove: () => rmSync(project, { recursive: true, force: true }) };
}

/**
 * @param {string} folder
 * @returns {string[]} paths relative to `folder`
 */
function listFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => statSync(join(folder, file)).isFile());
}

/**
 * @param {string} folder
 * @returns {Manifest}
 */
function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
