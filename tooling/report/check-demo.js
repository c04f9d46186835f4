/**
 * `pnpm demo:check`: the first command of a newcomer, `npx pnpm demo` on a bare clone of the commit that is checked out. Nothing
 * may warn, the first line after the installation may not take long, and no pause may look as if it hung.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from './read-options.js';
import { root } from './tested-packages.js';

/** From the end of pnpm's installation to the first line of ours, on a machine with nothing else to do. */
const FIRST_LINE_MS = 2_000;
/** Between two lines, on such a machine too. */
const PAUSE_MS = 20_000;
/** Other programs lengthen the limits by no more than this factor. */
const MAX_SLOWNESS = 5;
const RUN_TIMEOUT_MS = 15 * 60_000;

readOptions({
  usage: 'pnpm demo:check',
  text: 'Runs the demo on a bare clone of the commit that is checked out, and measures its first line and its longest pause.',
});
const parent = mkdtempSync(join(tmpdir(), 'bare-clone-'));
try {
  const clone = join(parent, 'clone');
  execFileSync('git', ['clone', '--quiet', root, clone]);
  execFileSync(
    'git',
    ['checkout', '--quiet', execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()],
    {
      cwd: clone,
    },
  );
  report(await runDemo(clone));
} finally {
  rmSync(parent, { recursive: true, force: true });
}

/** How many times longer something takes because other programs wait for a processor: 1 on a machine that has one for each. */
function slownessNow() {
  return Math.min(MAX_SLOWNESS, Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()));
}

/**
 * @typedef {{ text: string, atMs: number }} Line
 * @typedef {{ status: number | null, lines: Line[], slowness: number }} Run
 *
 * @param {string} clone
 * @returns {Promise<Run>} what it printed and when, and how much other programs slowed the machine down before it started
 */
async function runDemo(clone) {
  // What this process was given by pnpm and turbo is not there in a terminal.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|PNPM_|TURBO_|NODE_OPTIONS)/i.test(name)),
  );
  const registry = process.env.npm_config_registry;
  const slowness = slownessNow();
  const started = Date.now();
  const child = spawn('npx', ['--yes', 'pnpm', 'demo'], {
    cwd: clone,
    env: { ...env, ...(registry === undefined ? {} : { npm_config_registry: registry }) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_TIMEOUT_MS,
  });
  /** @type {Line[]} */
  const lines = [];
  const read = (/** @type {string} */ chunk) => {
    for (const text of chunk.split('\n')) if (text.trim() !== '') lines.push({ text, atMs: Date.now() - started });
  };
  child.stdout.setEncoding('utf8').on('data', read);
  child.stderr.setEncoding('utf8').on('data', read);
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { status, lines, slowness };
}

/** @param {Run} run */
function report({ status, lines, slowness }) {
  const most = (/** @type {number} */ limitMs) => Math.round(limitMs * slowness);
  const problems = [];
  if (status !== 0) problems.push(`it ended with ${status}`);
  for (const { text } of lines) if (/\bWARN|warning/i.test(text)) problems.push(`it warns: ${text}`);
  const installed = lines.findIndex(({ text }) => /^Done in/.test(text));
  // pnpm repeats the command it runs.
  const ours = lines.slice(installed + 1).filter(({ text }) => !text.startsWith('$ '));
  const [first, ...rest] = ours;
  const end = lines[installed];
  if (end === undefined || first === undefined) {
    problems.push('it did not install, or printed nothing after it');
  } else {
    const firstMs = first.atMs - end.atMs;
    const pauses = rest.map(({ atMs }, index) => atMs - (ours[index]?.atMs ?? 0));
    const longestMs = Math.max(...pauses);
    const built = ours.filter(({ text }) => /^ {2}building /.test(text)).length;
    if (firstMs > most(FIRST_LINE_MS))
      problems.push(
        `the first line came ${firstMs} ms after the installation; expected ${most(FIRST_LINE_MS)} at most`,
      );
    if (longestMs > most(PAUSE_MS))
      problems.push(`it was silent for ${longestMs} ms; expected ${most(PAUSE_MS)} at most`);
    if (built < 5) problems.push(`it told of ${built} packages being built; expected one line for each`);
    console.log(
      `installed after ${end.atMs} ms; first line ${firstMs} ms later: ${first.text}\n${built} packages told of; longest pause ${longestMs} ms; done after ${lines.at(-1)?.atMs} ms, on a machine that was slowed down ${slowness.toFixed(1)} times by its load`,
    );
  }
  if (problems.length > 0) {
    for (const { text, atMs } of lines) console.log(`${String(atMs).padStart(7)} ms  ${text}`);
    process.exitCode = 1;
  }
  for (const problem of problems) console.log(problem);
  console.log(`${problems.length} problems of the first command on a bare clone`);
}
