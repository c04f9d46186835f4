/** An app of this repository as its user runs it: the built program in a process of its own, on free ports. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const APPS = fileURLToPath(new URL('../../../apps', import.meta.url));
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
export async function startApp(name, addresses, env = {}) {
  const data = await mkdtemp(join(tmpdir(), `sortition-${name}-`));
  const child = spawn(process.execPath, [join(APPS, name, 'dist', 'main.js')], {
    env: { ...process.env, NODE_OPTIONS: '', LAB_PORT: '0', STOREFRONT_PORT: '0', LAB_DATA: data, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let output = '';
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
    await rm(data, { recursive: true, force: true });
  };
  const urls = await new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) => reject(new Error(`apps/${name} ${why}:\n${output}`));
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
