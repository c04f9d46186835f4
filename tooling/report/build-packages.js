/**
 * Builds packages of the workspace and what they need, and says which one is being built: the first time takes half a
 * minute, in which a terminal should not stand still.
 */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root } from './tested-packages.js';

const PULSE_MS = 5_000;

/**
 * @param {readonly string[]} filters for turbo, such as a package's name
 * @returns {Promise<boolean>} `false` when the build failed; its output was printed then
 */
export async function buildPackages(filters) {
  const started = Date.now();
  const options = filters.flatMap((filter) => ['--filter', filter]);
  const turbo = spawn('turbo', ['run', 'build', ...options, '--output-logs=new-only'], {
    cwd: root,
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
      TURBO_TELEMETRY_DISABLED: '1',
    },
    shell: process.platform === 'win32',
  });
  let output = '';
  let builtCount = 0;
  const read = (/** @type {string} */ text) => {
    output += text;
    for (const [, name] of text.matchAll(/^(\S+):build: cache (?:miss|bypass)/gm)) {
      builtCount += 1;
      console.error(`  building ${name}`);
    }
  };
  turbo.stdout.setEncoding('utf8').on('data', read);
  turbo.stderr.setEncoding('utf8').on('data', read);
  // A slow package on a busy machine: the terminal should not stand still for longer than this.
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const pulse = setInterval(() => console.error(`  still building, ${seconds()} s`), PULSE_MS);
  const status = await new Promise((resolve) => turbo.on('error', resolve).on('close', resolve));
  clearInterval(pulse);
  if (status !== 0) console.error(`${output}${status instanceof Error ? status : ''}`);
  else if (builtCount > 0) console.error(`  built in ${seconds()} s`);
  return status === 0;
}
