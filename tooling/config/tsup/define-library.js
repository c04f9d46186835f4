/**
 * The one way a public package is built: ESM and CommonJS side by side, each with declarations of its own kind, because
 * TypeScript reads a `.d.ts` beside a `.cjs` file as ESM and then lies about its default export.
 *
 * Plain JavaScript: build tools load this file with Node, and the oldest Node supported runs no TypeScript.
 */
import { bundleInCommonJs, carryLicences } from './bundle-es-modules.js';

/**
 * @typedef {object} Library
 * @property {Record<string, string>} entries Name of the file in `dist`, without extension, to its source file.
 * @property {'neutral' | 'node' | 'browser'} [platform] `neutral` unless every entry needs one runtime.
 * @property {string[]} [esModulesOnly] Dependencies that CommonJS cannot `require`, by the names they are imported by.
 * @property {('esm' | 'cjs')[]} [formats] Both unless given.
 * @property {boolean | string[]} [clean] `false` for entries that are built beside those of another library into the same
 *   `dist`; there the other library says which files it leaves alone, such as `['!browser.*']`.
 * @property {boolean} [declarations] `false` for entries whose types are those of another library.
 * @property {NonNullable<import('tsup').Options['esbuildPlugins']>} [plugins]
 * @property {string[]} [types] Ambient types the entries need, such as `node`; none unless given.
 * @property {() => Promise<void>} [onSuccess] Runs after the build, to put files beside it.
 */

/**
 * Describes the build of a library: `dist/<name>.js`, `.cjs` and, with declarations, `.d.ts` and `.d.cts` for each entry. Dependencies stay
 * imports, except in CommonJS those that are ES modules; nothing is minified, so that stack traces in applications can be read without source maps.
 *
 * @param {Library} library
 * @returns {import('./build.ts').Build}
 */
export function defineLibrary({
  entries,
  platform = 'neutral',
  esModulesOnly = [],
  formats = ['esm', 'cjs'],
  clean = true,
  declarations = true,
  types = [],
  plugins = [],
  onSuccess,
}) {
  const bundled = bundleInCommonJs(esModulesOnly);
  return {
    ...(onSuccess && { onSuccess }),
    entry: entries,
    format: formats,
    // Declarations are written against what the packages below have built, as an application sees them.
    dts: declarations && { compilerOptions: { customConditions: [], isolatedDeclarations: false, types } },
    platform,
    ...bundled,
    esbuildPlugins: [...plugins, ...(bundled.esbuildPlugins ?? [])],
    // A library may have one entry for Node beside entries for every runtime.
    external: [/^node:/],
    removeNodeProtocol: false,
    target: 'es2022',
    treeshake: true,
    // With one entry there is nothing to share, and what is bundled needs no file of its own: a module that is imported on
    // demand would be one, which CommonJS in Jest cannot import.
    splitting: Object.keys(entries).length > 1,
    sourcemap: false,
    minify: false,
    clean,
    silent: true,
  };
}

/**
 * Describes one file for Node, `dist/<name>.js` and `.cjs`, that holds an entry with everything it imports at once. Every module that
 * Node has to find, read and link costs more than what is in it. Bundlers take the entry of `defineLibrary`, whose imports
 * an application shares with the other packages it uses.
 *
 * Run after the library itself, whose declarations it shares.
 *
 * @param {object} file
 * @param {Record<string, string>} file.entries Name of the file in `dist`, without extension, to its source file.
 * @param {string[]} file.thirdParty Packages whose code goes in; their licences are written beside it.
 * @returns {import('./build.ts').Build}
 */
export function defineNodeFile({ entries, thirdParty }) {
  return {
    entry: entries,
    format: ['esm', 'cjs'],
    dts: false,
    platform: 'node',
    removeNodeProtocol: false,
    esbuildPlugins: [carryLicences],
    noExternal: [/^@sortition\//, ...thirdParty],
    target: 'node20',
    treeshake: true,
    splitting: false,
    sourcemap: false,
    minify: false,
    clean: false,
    silent: true,
  };
}
