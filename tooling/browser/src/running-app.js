/** An app of this repository as its user runs it: the built program in a process of its own, on free ports. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Only there to end what hangs. */
const START_MS = 60_000;

/**
 * @typedef {object} RunningApp
 * @property {Readonly<Record<string, string>>} urls What the program printed: `Lab` to the address of the lab.
 * @property {number} pid
 * @property {() => string} output Everything it wrote so far.
 * @property {() => Promise<void>} stop Asks it to end and waits until it has; removes its data.
 */

/**
 * Starts `apps/<name>/dist/main.js` and resolves once it has printed an address for each of `addresses`.
 *
 * @param {string} name
 * @param {readonly string[]} addresses
 * @param {Readonly<Record<string, string>>} [env]
 * @returns {Promise<RunningApp>}
 */
export function startApp(name, addresses, env = {}) {
  return start(`apps/${name}`, [process.execPath, join(ROOT, 'apps', name, 'dist', 'main.js')], addresses, env);
}

/**
 * Starts a command as in a terminal, in the root of the repository, which Ctrl-C ends.
 *
 * @param {string} command
 * @param {readonly string[]} addresses
 * @param {Readonly<Record<string, string>>} [env]
 * @returns {Promise<RunningApp>}
 */
export function startCommand(command, addresses, env = {}) {
  return start(command, command.split(' '), addresses, env, true);
}

/**
 * @param {string} name
 * @param {readonly string[]} command
 * @param {readonly string[]} addresses
 * @param {Readonly<Record<string, string>>} env
 * @param {boolean} isTerminal Whether the signal goes to everything it started, as that of a terminal does.
 * @returns {Promise<RunningApp>}
 */
async function start(name, [program = '', ...args], addresses, env, isTerminal = false) {
  const data = await mkdtemp(join(tmpdir(), 'sortition-app-'));
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '', LAB_PORT: '0', STOREFRONT_PORT: '0', LAB_DATA: data, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: isTerminal,
  });
  const exited = once(child, 'exit');
  let output = '';
  const stop = async () => {
    const isRunning = child.exitCode === null && child.signalCode === null;
    if (isRunning && isTerminal) process.kill(-(child.pid ?? 0), 'SIGINT');
    else if (isRunning) child.kill('SIGTERM');
    await exited;
    await rm(data, { recursive: true, force: true });
  };
  const urls = await new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) => reject(new Error(`${name} ${why}:\n${output}`));
    const timer = setTimeout(() => fail('printed no address in time'), START_MS);
    exited.then(() => fail('ended'), reject);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        output += text;
        const found = readAddresses(output);
        if (!addresses.every((address) => address in found)) return;
        clearTimeout(timer);
        resolve(found);
      });
    }
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { urls, pid: child.pid ?? 0, output: () => output, stop };
}

/**
 * @param {string} output
 * @returns {Record<string, string>}
 */
function readAddresses(output) {
  return Object.fromEntries([...output.matchAll(/(\w+): (http:\/\/[\w.:]+)/g)].map(([, name, url]) => [name, url]));
}
