/**
 * `pnpm --filter @sortition/cli run startup [--rounds 9]`: how long the program takes to start, beside `node -e 0` in
 * the same rounds. Prints processor time (user and system) and time on the clock, medians; fails when a start takes 120 ms
 * of processor time or more in every round. Help is the start of a command: everything that it loads before it works. The runs below it do their work as well.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { audience, buildDatafile, experiment, flag, rollout } from '@sortition/authoring';

const MAX_CPU_MS = 120;
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });

const folder = mkdtempSync(join(tmpdir(), 'sortition-startup-'));
const datafile = join(folder, 'datafile.json');
const meter = join(folder, 'meter.cjs');
writeFileSync(datafile, JSON.stringify(buildShop()));
writeFileSync(
  meter,
  `process.once('exit', () => {
    const { user, system } = process.cpuUsage();
    require('node:fs').writeSync(3, String((user + system) / 1000));
  });`,
);

const COMMANDS = [
  'check',
  'types',
  'diff',
  'build',
  'usage',
  'explain',
  'simulate',
  'serve',
  'emulate',
  'find-user',
  'shadow-report',
];
const bare = { name: 'node -e 0', args: ['-e', '0'] };
/** @type {readonly { name: string, args: readonly string[] }[]} */
const starts = [['--version'], ['--help'], ...COMMANDS.map((command) => [command, '--help'])].map((args) => ({
  name: `sortition ${args.join(' ')}`,
  args: [program, ...args],
}));
/** @type {readonly { name: string, args: readonly string[] }[]} */
const works = [
  ['check', datafile, '--level', 'never'],
  ['types', datafile],
  ['diff', datafile, datafile, '--users', '0'],
  ['explain', datafile, '--flag', 'checkout', '--user', 'ada'],
  ['find-user', datafile, '--flag', 'checkout', '--variation', 'one_page', '--attribute', 'plan=gold'],
].map((args) => ({ name: `sortition ${args[0]} <datafile>`, args: [program, ...args] }));

/** @type {Map<string, { cpu: number[], wall: number[] }>} */
const taken = new Map();
try {
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    for (const { name, args } of [bare, ...starts, ...works]) {
      const { cpu, wall } = await measure(args);
      if (round === 0) continue; // the first reads the files from disk
      const times = taken.get(name) ?? { cpu: [], wall: [] };
      times.cpu.push(cpu);
      times.wall.push(wall);
      taken.set(name, times);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

console.log(`${'processor'.padStart(47)} ${'clock'.padStart(8)}`);
for (const [name, { cpu, wall }] of taken)
  console.log(`${name.padEnd(36)} ${median(cpu).toFixed(0).padStart(7)} ms ${median(wall).toFixed(0).padStart(5)} ms`);
// Other programs on the machine make single starts slower: one that is slow in every round is slow by itself.
const slow = starts.filter(({ name }) => Math.min(...(taken.get(name)?.cpu ?? [])) >= MAX_CPU_MS);
const [slowest = 0] = starts.map(({ name }) => median(taken.get(name)?.cpu ?? [])).sort((a, b) => b - a);
console.log(
  `slowest start ${slowest.toFixed(0)} ms beside ${median(taken.get(bare.name)?.cpu ?? []).toFixed(0)} ms of node -e 0`,
);
for (const { name } of slow) console.error(`${name} takes ${MAX_CPU_MS} ms of processor time or more to start`);
if (slow.length > 0) process.exitCode = 1;

/**
 * @param {readonly string[]} args of Node
 * @returns {Promise<{ cpu: number, wall: number }>} milliseconds
 */
function measure(args) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, ['--require', meter, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    let [cpu, errors] = ['', ''];
    child.stdio[3]?.on('data', (chunk) => {
      cpu += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const wall = performance.now() - start;
      if (code === 0) resolve({ cpu: Number(cpu), wall });
      else reject(new Error(`node ${args.join(' ')} ended with ${code}: ${errors}`));
    });
  });
}

/** A project of ten flags, each with an experiment. */
function buildShop() {
  const members = audience('Members', (user) => user.plan.in('member', 'gold'));
  const flags = Array.from({ length: 10 }, (_, index) =>
    flag(index === 0 ? 'checkout' : `flag_${index}`, {
      variations: { classic: {}, one_page: {} },
      rules: [
        experiment(`test_${index}`, { audience: members, split: { classic: 50, one_page: 50 } }),
        rollout({ serve: 'classic' }),
      ],
    }),
  );
  return buildDatafile([members, ...flags]).datafile;
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
