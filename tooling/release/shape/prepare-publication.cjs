/**
 * What is packed that is not written down: an exports map is written once, in the package's manifest, and everything
 * else that says where its entries are is derived from it when the package is packed.
 *
 * CommonJS, because pnpm requires it.
 */
const { mkdirSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');

/** The condition under which the workspace resolves its own packages to their sources, which are not published. */
const SOURCE = '@sortition/source';

/**
 * Takes the sources out of the exports map, and adds a folder with a manifest for each entry but the main one, for
 * resolvers that do not read `exports`: TypeScript's `node10`, Metro up to 0.81 and Parcel 2.
 *
 * @param {Record<string, any>} manifest of a package, as `pnpm pack` is about to write it
 * @param {string} folder of the package, which gets the folders of its entries too
 * @returns {Record<string, any>} the manifest to publish
 */
exports.preparePublication = function preparePublication(manifest, folder) {
  if (manifest.private === true || manifest.exports === undefined) return manifest;
  const published = withoutSources(manifest.exports);
  const entries = Object.keys(published).filter((entry) => entry !== '.' && entry !== './package.json');
  for (const entry of entries) {
    const entryFolder = join(folder, entry);
    mkdirSync(entryFolder, { recursive: true });
    const text = JSON.stringify(describeEntry(manifest, published[entry], relative(entryFolder, folder)), null, 2);
    writeFileSync(join(entryFolder, 'package.json'), `${text}\n`);
  }
  return {
    ...manifest,
    exports: published,
    files: [...manifest.files, ...entries.map((entry) => `${entry.slice(2)}/package.json`)],
  };
};

/**
 * @param {any} target of an exports map, or a map
 * @returns {any}
 */
function withoutSources(target) {
  if (typeof target !== 'object') return target;
  const kept = Object.entries(target).filter(([condition]) => condition !== SOURCE);
  return Object.fromEntries(kept.map(([condition, inner]) => [condition, withoutSources(inner)]));
}

/**
 * @param {Record<string, any>} manifest
 * @param {any} target of the entry
 * @param {string} up from the entry's folder to the package's
 */
function describeEntry({ sideEffects }, target, up) {
  const pathFor = (/** @type {string[]} */ ...conditions) => `${up}/${resolveTarget(target, conditions)?.slice(2)}`;
  const hasCommonJs = resolveTarget(target, ['require']) !== undefined;
  return {
    main: pathFor(hasCommonJs ? 'require' : 'import'),
    module: pathFor('import'),
    types: pathFor('types', 'import'),
    sideEffects,
  };
}

/**
 * @param {any} target
 * @param {readonly string[]} conditions
 * @returns {string | undefined} the file that a resolver with these conditions takes
 */
function resolveTarget(target, conditions) {
  if (typeof target === 'string') return target;
  for (const [condition, inner] of Object.entries(target)) {
    const file =
      condition === 'default' || conditions.includes(condition) ? resolveTarget(inner, conditions) : undefined;
    if (file !== undefined) return file;
  }
  return undefined;
}
