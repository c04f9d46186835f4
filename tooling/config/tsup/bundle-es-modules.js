/**
 * Dependencies that are published as ES modules alone. Node before 22.12, Jest and the runtimes built like them cannot
 * `require` those, so that their code goes into the CommonJS build. ES modules import them, as any dependency.
 *
 * A plugin of esbuild, because tsup decides what is bundled for all formats at once.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';

/** Where the code of a dependency is; the last match names the package. */
const INSTALLED = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/**
 * Leaves the packages to be imported where modules are built, and has them bundled where CommonJS is.
 *
 * @param {readonly string[]} packages also listed in tsup's `noExternal`
 * @returns {Pick<import('tsup').Options, 'esbuildOptions' | 'esbuildPlugins' | 'noExternal'>}
 */
export function bundleInCommonJs(packages) {
  /** What is built with which options: esbuild itself is always asked for ES modules, which Rollup rewrites. */
  const formats = new WeakMap();
  return {
    noExternal: [...packages],
    esbuildOptions(options, { format }) {
      formats.set(options, format);
    },
    esbuildPlugins: [
      {
        name: 'bundle-in-commonjs',
        setup(build) {
          if (formats.get(build.initialOptions) === 'cjs') return;
          build.onResolve({ filter: /^[^./]/ }, ({ path }) =>
            packages.includes(path) ? { path, external: true } : undefined,
          );
        },
      },
      carryLicences,
    ],
  };
}

/**
 * Writes `<file>.LICENSE.txt` beside each built file that holds code of a third party, with its licence.
 *
 * @type {NonNullable<import('tsup').Options['esbuildPlugins']>[number]}
 */
export const carryLicences = {
  name: 'carry-licences',
  setup(build) {
    build.onEnd(({ metafile }) => {
      for (const [output, { inputs }] of Object.entries(metafile?.outputs ?? {})) {
        const folders = new Set(Object.keys(inputs).flatMap((input) => thirdPartyFolder(input) ?? []));
        if (folders.size === 0) continue;
        const licences = [...folders].map(readLicence).sort();
        mkdirSync(dirname(output), { recursive: true });
        writeFileSync(
          `${output}.LICENSE.txt`,
          `${basename(output)} contains code of the packages below, each under the licence that follows its name.\n\n${licences.join('\n\n')}\n`,
        );
      }
    });
  },
};

/**
 * @param {string} input path of a module
 * @returns {string | undefined} folder of the installed package it belongs to
 */
function thirdPartyFolder(input) {
  const [folder] = INSTALLED.exec(input.split(sep).join('/')) ?? [];
  return folder === undefined ? undefined : resolve(folder);
}

/**
 * @param {string} folder of an installed package
 * @returns {string} its name, version and licence
 * @throws Error when it has no licence file and no section "License" in its README either
 */
function readLicence(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder);
  const readText = (/** @type {RegExp} */ pattern) => {
    const file = files.find((entry) => pattern.test(entry));
    return file === undefined ? undefined : readFileSync(join(folder, file), 'utf8');
  };
  const text =
    readText(/^licen[cs]e(\.(md|txt))?$/i) ?? readText(/^readme\.md$/i)?.match(/^#+ Licen[cs]e.*\n([\s\S]*)/im)?.[1];
  if (text === undefined) throw new Error(`${name} ${version} has no licence text; its code cannot be bundled`);
  return `${name} ${version}\n\n${text.trim()}`;
}
