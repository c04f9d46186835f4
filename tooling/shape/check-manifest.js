/**
 * Rules about the manifests of public packages that no published linter knows.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

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
  if (!isDeepStrictEqual(manifest.publishConfig?.exports, withoutSource(manifest.exports))) {
    problems.push('publishConfig.exports must be exports without the "source" conditions');
  }
  if (manifest.sideEffects !== false) problems.push('sideEffects must be false');
  if (manifest.license !== 'MIT') problems.push('license must be MIT');
  if (manifest.engines?.node !== '>=20') problems.push('engines.node must be ">=20"');
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
  const known = new Set([name, ...Object.keys({ ...published.dependencies, ...published.peerDependencies })]);
  for (const file of files) {
    if (/\.c?js$/.test(file)) {
      const code = readFileSync(join(unpacked, file), 'utf8');
      for (const foreign of importedPackages(code)) {
        if (!known.has(foreign)) problems.push(`${file} imports ${foreign}, which is no dependency`);
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
 * @param {Record<string, any>} exports
 * @returns {Record<string, any>}
 */
function withoutSource(exports) {
  const kept = Object.entries(exports).filter(([condition]) => condition !== 'source');
  return Object.fromEntries(
    kept.map(([condition, target]) => [condition, typeof target === 'string' ? target : withoutSource(target)]),
  );
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
