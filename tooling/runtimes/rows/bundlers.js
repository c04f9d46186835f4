/**
 * Bundlers with default settings. What they make is run by Node, which has what the job needs of a page, or in jsdom where the
 * bundler adds a script that needs a document; a bundle for pages names no module of Node, or it would not have been made.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JSDOM_VERSION, runPage } from './jsdom.js';
import { runProgram } from './node.js';

const PAGE = '<!doctype html><title>job</title><script type="module" src="./program.mjs"></script>\n';
/** Of the script that a bundler left in its output folder. */
const SCRIPT = /\.m?js$/;

/**
 * @typedef {object} Bundler
 * @property {string} name
 * @property {boolean} [fast]
 * @property {string} [environment]
 * @property {Readonly<Record<string, string>>} dependencies
 * @property {Readonly<Record<string, string>>} [files] Its settings.
 * @property {readonly string[]} command Arguments of `node`.
 * @property {string} output Folder of the bundle.
 * @property {boolean} [needsDocument]
 */

/** @type {readonly Bundler[]} */
const BUNDLERS = [
  {
    name: 'Rollup 4.68.8 iife',
    fast: true,
    environment: 'rollup',
    dependencies: rollupDependencies(),
    files: { 'rollup.config.mjs': writeRollupConfig() },
    command: ['node_modules/rollup/dist/bin/rollup', '-c', '--format', 'iife', '--file', 'iife/out.js'],
    output: 'iife',
  },
  {
    name: 'Rollup 4.68.8 es',
    environment: 'rollup',
    dependencies: rollupDependencies(),
    files: { 'rollup.config.mjs': writeRollupConfig() },
    command: ['node_modules/rollup/dist/bin/rollup', '-c', '--format', 'es', '--file', 'es/out.mjs'],
    output: 'es',
  },
  {
    name: 'esbuild 0.28.2',
    dependencies: { esbuild: '0.28.2' },
    command: ['node_modules/@esbuild/linux-x64/bin/esbuild'],
    output: 'dist',
  },
  {
    name: 'webpack 5.113.0',
    dependencies: { webpack: '5.113.0', 'webpack-cli': '6.0.1' },
    command: ['node_modules/webpack-cli/bin/cli.js', '--entry', './program.mjs', '--mode', 'production'],
    output: 'dist',
  },
  {
    name: 'Vite 8.3.8',
    dependencies: { vite: '8.3.8', jsdom: JSDOM_VERSION },
    needsDocument: true,
    files: { 'index.html': PAGE },
    command: ['node_modules/vite/bin/vite.js', 'build'],
    output: 'dist/assets',
  },
  {
    name: 'Parcel 2.16.4',
    dependencies: { parcel: '2.16.4' },
    files: { 'index.html': PAGE },
    command: ['node_modules/parcel/lib/bin.js', 'build', 'index.html', '--no-cache'],
    output: 'dist',
  },
];

/** @type {import('./index.js').Row[]} */
export const bundlerRows = BUNDLERS.map(
  ({ name, fast = false, environment: shared, dependencies, files = {}, command, output, needsDocument = false }) => ({
    name,
    does: 'a bundle for pages, which does the job',
    fast,
    dependencies,
    ...(shared === undefined ? {} : { environment: shared }),
    run: async ({ environment, doJob }) => {
      for (const [file, text] of Object.entries(files)) environment.write(file, text);
      const [program = '', ...rest] = command;
      if (program.includes('@esbuild/')) {
        await environment.run(program, ['program.mjs', '--bundle', '--outfile=dist/out.js']);
      } else {
        await environment.run('node', [program, ...rest]);
      }
      const script = readdirSync(join(environment.folder, output)).find((file) => SCRIPT.test(file));
      if (script === undefined) throw new Error(`${output} has no script`);
      if (needsDocument) {
        await doJob((settings) => runPage(environment, `${output}/${script}`, settings));
        return;
      }
      // A script, not a module of Node: a page runs it as it is.
      environment.write(
        `${output}/package.json`,
        JSON.stringify({ type: name.endsWith('es') ? 'module' : 'commonjs' }),
      );
      await doJob((settings) => runProgram(environment, `${output}/${script}`, settings));
    },
  }),
);

function rollupDependencies() {
  return { rollup: '4.68.8', '@rollup/plugin-node-resolve': '16.0.3', '@rollup/plugin-commonjs': '29.0.3' };
}

function writeRollupConfig() {
  return `import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
export default { input: 'program.mjs', plugins: [resolve({ browser: true }), commonjs()] };
`;
}
