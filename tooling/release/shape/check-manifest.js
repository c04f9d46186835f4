/**
 * Rules about the manifests of public packages that no published linter knows.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

/** What esbuild writes above a module that it bundled from an installed package. */
const BUNDLED = /^ *\/\/ .*node_modules\/(?!\.pnpm\/@?sortition)/m;

/**
 * @param {import('./pack.js').PackedPackage} packed
 * @param {readonly import('./pack.js').PackedPackage[]} packages
 * @param {readonly string[]} fixedGroup
 * @returns {string[]} problems
 */
export function checkManifest({ name, manifest, unpacked, published, files }, packages, fixedGroup) {
  const problems = [];
  const publicNames = new Set(packages.map((packed) => packed.name));
  if (!fixedGroup.includes(name)) problems.push('is missing from the fixed group in .changeset/config.json');
  if (manifest.publishConfig?.exports !== undefined) {
    problems.push('publishConfig.exports is written by hand; expected exports alone, from which it is derived');
  }
  problems.push(...checkExports(published.exports), ...checkEntryFolders(published.exports, unpacked, files));
  if (manifest.sideEffects !== false) problems.push('sideEffects must be false');
  if (manifest.license !== 'MIT') problems.push('license must be MIT');
  // What is ES modules alone is for the first Node 20 that mixes them with CommonJS.
  const isModulesAlone = !JSON.stringify(manifest.exports).includes('"require"');
  const engine = isModulesAlone ? '>=20.19' : '>=20';
  if (manifest.engines?.node !== engine) problems.push(`engines.node must be "${engine}"`);
  if (manifest.publishConfig?.provenance !== true) problems.push('publishConfig.provenance must be true');
  if (manifest.publishConfig?.access !== 'public') problems.push('publishConfig.access must be "public"');
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    if (/^@sortition\//.test(dependency) && !publicNames.has(dependency))
      problems.push(`depends on the private ${dependency}`);
  }
  for (const [dependency, range] of Object.entries(published.dependencies ?? {})) {
    if (/^(workspace|catalog):/.test(String(range))) problems.push(`${dependency} is published as ${range}`);
  }
  for (const file of ['README.md', 'LICENSE'])
    if (!existsSync(join(unpacked, file))) problems.push(`${file} is missing`);
  problems.push(...checkReadmeLinks(join(unpacked, 'README.md'), files));
  const known = new Set([name, ...Object.keys({ ...published.dependencies, ...published.peerDependencies })]);
  for (const file of files) {
    if (/\.c?js$/.test(file)) {
      const code = readFileSync(join(unpacked, file), 'utf8');
      for (const foreign of importedPackages(code)) {
        if (!known.has(foreign)) problems.push(`${file} imports ${foreign}, which is not a dependency`);
      }
      if (BUNDLED.test(code) && !files.includes(`${file}.LICENSE.txt`)) {
        problems.push(`${file} contains third-party code; expected its licence in ${file}.LICENSE.txt`);
      }
    }
    if (/\.(ts|tsx|map)$/.test(file) && !/\.d\.ts$/.test(file)) problems.push(`${file} should not be published`);
    if (/\.d\.c?ts$/.test(file) && /murmurhash-js/.test(readFileSync(join(unpacked, file), 'utf8'))) {
      problems.push(`${file} names murmurhash-js, which has no types`);
    }
  }
  return problems;
}

/**
 * A README is read where the package is installed, or on a registry's page: nothing of the repository is around it.
 *
 * @param {string} readme
 * @param {readonly string[]} files in the tarball
 * @returns {string[]} problems
 */
function checkReadmeLinks(readme, files) {
  if (!existsSync(readme)) return [];
  const links = [...readFileSync(readme, 'utf8').matchAll(/\]\(([^)\s#]+)/g)].map(([, target]) => target ?? '');
  return links
    .filter((target) => !/^[a-z]+:/.test(target) && !files.includes(normalize(target)))
    .map((target) => `README.md links to ${target}, which is not packed`);
}

/** Conditions that more than one runtime or bundler sets, in the order in which the first that fits is the right one. */
const RUNTIMES = ['workerd', 'edge-light', 'deno', 'bun', 'node', 'react-native', 'browser'];

/**
 * @param {any} target of an exports map, or a map
 * @param {string} [place] for messages
 * @returns {string[]} problems
 */
function checkExports(target, place = 'exports') {
  if (typeof target !== 'object') return [];
  const conditions = Object.keys(target);
  const problems = conditions.flatMap((condition) => checkExports(target[condition], `${place} ${condition}`));
  for (const condition of conditions) {
    if (condition === 'source' || condition === '@sortition/source') {
      problems.push(`${place} has the condition "${condition}"; expected "@sortition/source", which is not published`);
    }
  }
  const runtimes = conditions.filter((condition) => RUNTIMES.includes(condition));
  const expected = RUNTIMES.filter((condition) => runtimes.includes(condition));
  if (runtimes.join() !== expected.join()) problems.push(`${place} has ${runtimes}; expected the order ${expected}`);
  if (conditions.includes('types') && conditions[0] !== 'types') problems.push(`${place} must begin with "types"`);
  if (conditions.includes('default') && conditions.at(-1) !== 'default') {
    problems.push(`${place} must end with "default", after which nothing is read`);
  }
  return problems;
}

/**
 * Resolvers that do not read `exports` need a folder with a manifest for each entry.
 *
 * @param {Record<string, any>} exports
 * @param {string} unpacked
 * @param {readonly string[]} files
 * @returns {string[]} problems
 */
function checkEntryFolders(exports, unpacked, files) {
  const entries = Object.keys(exports).filter((entry) => entry !== '.' && !entry.endsWith('.json'));
  return entries.flatMap((entry) => {
    const file = `${entry.slice(2)}/package.json`;
    if (!files.includes(file))
      return [`${file} is missing, without which ${entry} is not found where exports are not read`];
    const described = JSON.parse(readFileSync(join(unpacked, file), 'utf8'));
    return ['main', 'module', 'types']
      .map((field) => [field, join(entry, described[field])])
      .filter(([, target]) => !files.includes(target ?? ''))
      .map(([field, target]) => `${file}: "${field}" leads to ${target}, which is not packed`);
  });
}

/**
 * @param {string} code A module as it was built: an import is the start of a line.
 * @returns {Set<string>} names of the packages it imports, without those of Node
 */
function importedPackages(code) {
  const imports = code.matchAll(
    /^(?:import|export)\b[^'"\n]*['"]([^'"]+)['"]|\b(?:import|require)\(['"]([^'"]+)['"]\)/gm,
  );
  const specifiers = [...imports].map(([, declared, called]) => declared ?? called ?? '');
  const foreign = specifiers.filter((specifier) => !/^(\.|node:)/.test(specifier));
  return new Set(foreign.map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')));
}
