/**
 * `pnpm verify`: everything that has to hold, at settings of minutes or of an hour, with a
 * table at the end. Writes `.reports/verify.json` after each step, which `pnpm reliability` makes a document of; what this run
 * leaves out is kept from the last run at the same settings, and each step says which commit it ran on.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from '@sortition/report';
import { environment } from '@sortition/report/environment';
import { readOptions, refuse } from '@sortition/report/read-options';
import { STEPS } from './steps.js';

/** @typedef {import('./reliability.js').StepResult} StepResult */

const { values } = readOptions({
  usage: 'pnpm verify',
  text: `Runs everything that has to hold, and prints a table. Its steps:\n${STEPS.map(({ name }) => `  ${name}`).join('\n')}`,
  options: {
    long: {
      type: 'boolean',
      default: false,
      text: 'more than an hour instead of minutes, and steps that only then run',
    },
    only: { type: 'string', takes: 'step,step', text: 'runs these' },
    except: { type: 'string', takes: 'step,step', text: 'leaves these out' },
  },
});
const names = (/** @type {string | undefined} */ list) => list?.split(',').map((name) => name.trim());
const [only, except] = [names(values.only), names(values.except) ?? []];
const unknown = [...(only ?? []), ...except].filter((wanted) => STEPS.every(({ name }) => name !== wanted));
if (unknown.length > 0) refuse(`There is no step "${unknown.join('" or "')}"; --help lists them.`);
const steps = STEPS.filter(({ name, ...step }) => {
  const isDue = (values.long ? step.long : step.short) !== null;
  return isDue && (only?.includes(name) ?? true) && !except.includes(name);
});

if (steps.length === 0) refuse('No step is left to run; some only run with --long.');

const file = join(root, '.reports', 'verify.json');
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const settings = values.long ? 'long' : 'short';
const kept = readKept();

/** @type {StepResult[]} */
const results = [];
for (const step of steps) {
  const command = (values.long ? step.long : step.short) ?? [];
  console.log(`\n-- ${step.name}: pnpm ${command.join(' ')}`);
  const start = performance.now();
  const { status, output } = await run(command);
  const passed = status === 0;
  const seconds = Math.round((performance.now() - start) / 1_000);
  const figures = passed ? (step.figures?.(output) ?? {}) : {};
  results.push({ name: step.name, command: `pnpm ${command.join(' ')}`, commit, passed, seconds, figures });
  write();
}

console.log();
for (const { name, passed, seconds, figures } of results) {
  const shown = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  console.log(
    `${passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(28)} ${String(seconds).padStart(5)} s  ${shown.join(', ')}`,
  );
}
if (results.some(({ passed }) => !passed)) process.exitCode = 1;

/**
 * @param {readonly string[]} command arguments of pnpm
 * @returns {Promise<{ status: number, output: string }>} what it printed, without colours; shown as it comes as well
 */
function run(command) {
  return new Promise((resolve) => {
    const child = spawn('pnpm', command, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    });
    child.once('error', (error) => resolve({ status: 1, output: String(error) }));
    child.once('close', (status) => resolve({ status: status ?? 1, output: stripVTControlCharacters(output) }));
  });
}

/** @returns {readonly StepResult[]} */
function readKept() {
  if (!existsSync(file)) return [];
  const last = JSON.parse(readFileSync(file, 'utf8'));
  return last.settings === settings ? last.steps : [];
}

function write() {
  const byName = new Map([...kept, ...results].map((result) => [result.name, result]));
  const ordered = STEPS.flatMap(({ name }) => byName.get(name) ?? []);
  const report = { date: new Date().toISOString(), node: process.version, settings, steps: ordered };
  mkdirSync(join(root, '.reports'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
