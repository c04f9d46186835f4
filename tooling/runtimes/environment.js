/**
 * A folder outside the workspace in which one environment is installed with npm, with a lockfile of its own, and our
 * packages as the tarballs that would be published.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** An environment that does not end is broken; the slowest builds take two minutes on a busy machine. */
const COMMAND_TIMEOUT_MS = 600_000;

/**
 * @typedef {object} Environment
 * @property {string} folder
 * @property {(file: string, text: string) => void} write Writes a file, with its folders.
 * @property {(command: string, commandArguments: readonly string[], options?: RunOptions) => Promise<string>} run
 *
 * @typedef {{ nodeFolder?: string, env?: Record<string, string>, cwd?: string }} RunOptions `nodeFolder` has the `node` to use.
 *
 * @param {string} folder
 * @returns {Environment}
 */
export function openEnvironment(folder) {
  mkdirSync(folder, { recursive: true });
  return {
    folder,
    write(file, text) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    run: (command, commandArguments, options = {}) =>
      runCommand(command, commandArguments, { cwd: folder, ...options }),
  };
}

/**
 * Installs third-party packages, and ours where tarballs are given.
 *
 * @param {Environment} environment
 * @param {Readonly<Record<string, string>>} dependencies name to version
 * @param {readonly string[]} tarballs
 */
export async function install({ write, run }, dependencies, tarballs) {
  const ours = Object.fromEntries(tarballs.map((tarball) => [nameOf(tarball), `file:${tarball}`]));
  write(
    'package.json',
    JSON.stringify({ name: 'application', private: true, dependencies: { ...dependencies, ...ours } }),
  );
  await run('npm', [
    ...['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    // An environment for an older or newer Node is installed with the one that is at hand.
    '--engine-strict=false',
  ]);
}

/** @param {string} tarball path of `sortition-odp.tgz` */
const nameOf = (tarball) => {
  const [, , scoped] = /(^|\/)sortition-([\w-]+)\.tgz$/.exec(tarball) ?? [];
  return scoped === undefined ? 'sortition' : `@sortition/${scoped}`;
};

/**
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {RunOptions} options
 * @returns {Promise<string>} what it printed, both streams
 */
function runCommand(command, commandArguments, { nodeFolder, env = {}, cwd }) {
  const path = nodeFolder === undefined ? {} : { PATH: `${nodeFolder}${delimiter}${process.env.PATH ?? ''}` };
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', CI: 'true', NODE_OPTIONS: '', ...path, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: COMMAND_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) resolve(output);
      else
        reject(
          new Error(
            `${command} ${commandArguments.join(' ')} ended with ${status ?? signal}:\n${output.slice(-4_000)}`,
          ),
        );
    });
  });
}
