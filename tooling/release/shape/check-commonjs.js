/**
 * CommonJS as it is without the newest Node: `require` loads no ES module. Jest and Node before 20.19 and 22.12 are so, and
 * what is published as CommonJS has to load there, which a newer Node would hide.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const FLAG = '--no-experimental-require-module';

/** Arguments that make any supported Node one that cannot `require` ES modules. The oldest do not know the flag. */
export const REQUIRES_NO_MODULES = process.allowedNodeEnvironmentFlags.has(FLAG) ? [FLAG] : [];

/**
 * Loads every CommonJS file of a package from its folder in the workspace, where its dependencies are installed.
 *
 * @param {Pick<import('./pack.js').PackedPackage, 'folder' | 'files'>} packed
 * @returns {string[]} problems
 */
export function checkCommonJs({ folder, files }) {
  return files
    .filter((file) => file.endsWith('.cjs'))
    .flatMap((file) => {
      const script = `require(${JSON.stringify(join(folder, file))})`;
      const { status, stderr } = spawnSync(process.execPath, [...REQUIRES_NO_MODULES, '--eval', script], {
        encoding: 'utf8',
      });
      const [reason = `exit code ${status}`] = /^\w*Error\b.*$/m.exec(stderr) ?? [];
      return status === 0 ? [] : [`${file} does not load as CommonJS: ${reason}`];
    });
}
