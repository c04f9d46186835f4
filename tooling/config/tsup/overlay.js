/** Builds for one platform: files that stand in for others. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Has a file of a folder beside it stand in for each imported file of the same name, where there is one: with `browser`,
 * `src/browser/abort.ts` for `src/abort.ts`.
 *
 * @param {string} folder
 * @returns {NonNullable<import('tsup').Options['esbuildPlugins']>[number]}
 */
export function overlay(folder) {
  return {
    name: 'overlay',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, importer }) => {
        const file = resolve(dirname(importer), path);
        const other = join(dirname(file), folder, basename(file));
        return existsSync(other) ? { path: other } : undefined;
      });
    },
  };
}
