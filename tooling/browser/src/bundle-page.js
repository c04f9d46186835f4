/** The script of a page: an application of a test with everything it imports. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Imports are found as those of this package are. */
const FOLDER = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles an application.
 *
 * @param {string} application text of a module
 * @param {Pick<import('esbuild').BuildOptions, 'alias' | 'conditions'> & { mode?: 'production' | 'development' }} [options]
 *   `mode` is what libraries read as `process.env.NODE_ENV`; production unless given.
 * @returns {Promise<string>}
 */
export async function bundlePage(application, { mode = 'production', ...options } = {}) {
  const { outputFiles } = await build({
    stdin: { contents: application, resolveDir: FOLDER },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    logLevel: 'error',
    ...options,
  });
  return outputFiles[0]?.text ?? '';
}
