/**
 * `pnpm bench`: what a server, a page and a function pay for decisions, beside the official SDK and, where they can take
 * part, GrowthBook and flagd-core. Each scenario runs in processes of its own; costs are processor time relative to the
 * official SDK (1.00), taken in turns in one process, as the median of the rounds with its quartiles.
 *
 * `--quick`: fewer rounds. `--only <text>`: scenarios whose name contains the text. `--profile`: where the time of a server
 * request goes. `--kept`: the flattering measures as well: one kept user, one hot flag, a datafile with two audiences.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './compare.js';
import { profileServer } from './profile.js';
import { createFlags, toDatafile } from './server-project.js';

/** @typedef {{ name: string, cost: number, low: number, high: number, us: number }} Share */
/** @typedef {{ name: string, atMost: number, run: () => Share[] }} Scenario */

const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';
const rounds = quick ? 9 : 31;
const folder = mkdtempSync(join(tmpdir(), 'bench-'));

/** @param {string} name @param {number} atMost @param {object} options @returns {Scenario} */
const server = (name, atMost, options) => ({
  name,
  atMost,
  run: () => runChild('server', JSON.stringify({ flags: 1_000, audiences: 500, decides: 5, ...options, rounds })),
});

/** @param {string} name @param {number} atMost @param {object} large @param {object} [small] @returns {Scenario} */
const growth = (name, atMost, large, small = {}) => {
  const base = { flags: 1_000, audiences: 500, clients: 1, attributes: 8, profiles: 0 };
  const sizes = { small: { ...base, ...small }, large: { ...base, ...large }, rounds };
  return { name, atMost, run: () => runChild('growth', JSON.stringify(sizes)) };
};

/** @type {readonly Scenario[]} */
const SCENARIOS = [
  server('server: context, 5 decides, 1 conversion, with events', 0.22, { events: true }),
  server('server without events, 5 decides', 0.09, { peers: true }),
  server('server without events, 1 decide', 0.15, { decides: 1 }),
  server('server without events, 20 decides', 0.08, { decides: 20 }),
  server('server without events, 100 flags', 0.06, { flags: 100, audiences: 50 }),
  server('server without events, 10,000 flags', 0.22, { flags: 10_000 }),
  server('sticky server, store in memory', 0.22, { sticky: true }),
  start('page: import, create from 100 flags, 10 decides', 0.5, 'esm', 100, 10, 'total'),
  start('create in a fresh process, 100 flags', 1, 'esm', 100, 1, 'created'),
  start('create in a fresh process, 1,000 flags', 0.55, 'esm', 1_000, 1, 'created'),
  start('function: cold start, ES modules', 0.5, 'esm', 100, 1, 'total'),
  start('function: cold start, CommonJS', 0.75, 'cjs', 100, 1, 'total'),
  growth('growth: 10,000 flags beside 100', 2.5, { flags: 10_000 }, { flags: 100 }),
  growth('growth: 5,000 audiences beside 500', 1.3, { audiences: 5_000 }),
  growth(
    'growth: 100 clients beside 1',
    2.5,
    { flags: 100, audiences: 50, clients: 100 },
    { flags: 100, audiences: 50 },
  ),
  growth('growth: 100 attributes beside 5', 8, { attributes: 100 }, { attributes: 5 }),
  growth('growth: 1,024 users with profiles beside 1', 2, { profiles: 1_024 }, { profiles: 1 }),
];

try {
  if (process.argv.includes('--profile')) profileServer(folder);
  else main();
} finally {
  rmSync(folder, { recursive: true });
}

function main() {
  console.log(
    '| scenario | contestant | cost | quartiles | at most | µs of processor time |\n| --- | --- | --- | --- | --- | --- |',
  );
  for (const { name, atMost, run } of SCENARIOS) {
    if (!name.includes(only ?? '')) continue;
    process.stderr.write(`measuring: ${name}\n`);
    for (const { name: contestant, cost, low, high, us } of run()) {
      const isOurs = contestant === 'sortition' || contestant === 'large';
      const limit = isOurs ? `${atMost} ${cost <= atMost ? 'ok' : 'MISSED'}` : '';
      const quartiles = cost === 1 && low === 1 ? '' : `${low.toFixed(3)}–${high.toFixed(3)}`;
      console.log(`| ${name} | ${contestant} | ${cost.toFixed(3)} | ${quartiles} | ${limit} | ${us.toFixed(1)} |`);
    }
  }
  if (process.argv.includes('--kept')) {
    const script = fileURLToPath(new URL('./decisions.js', import.meta.url));
    execFileSync(process.execPath, [script, ...(quick ? ['--quick'] : [])], { stdio: 'inherit' });
  }
}

/**
 * Starts in fresh processes, in turns.
 *
 * @param {string} name
 * @param {number} atMost
 * @param {'esm' | 'cjs'} format
 * @param {number} flags
 * @param {number} decides
 * @param {'created' | 'total'} step
 * @returns {Scenario}
 */
function start(name, atMost, format, flags, decides, step) {
  return {
    name,
    atMost,
    run() {
      const file = join(folder, `${flags}.json`);
      writeFileSync(file, toDatafile(createFlags(flags, flags / 2)));
      const time = (/** @type {string} */ peer) => {
        const script = fileURLToPath(new URL('./scenarios/start.js', import.meta.url));
        const args = [script, peer, format, file, String(decides)];
        const env = { ...process.env, NODE_ENV: 'production' };
        const steps = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env }));
        return 1_000 * /** @type {number} */ (steps[step]);
      };
      const times = { official: /** @type {number[]} */ ([]), sortition: /** @type {number[]} */ ([]) };
      for (let round = 0; round < rounds; round += 1) {
        times.official.push(time('official'));
        times.sortition.push(time('sortition'));
      }
      const ratios = times.sortition
        .map((own, round) => own / (times.official[round] ?? Number.NaN))
        .sort((a, b) => a - b);
      const at = (/** @type {number} */ share) => ratios[Math.floor((ratios.length - 1) * share)] ?? Number.NaN;
      return [
        { name: 'official', cost: 1, low: 1, high: 1, us: median(times.official) },
        { name: 'sortition', cost: at(0.5), low: at(0.25), high: at(0.75), us: median(times.sortition) },
      ];
    },
  };
}

/** @param {string} scenario @param {string} options @returns {Share[]} */
function runChild(scenario, options) {
  const script = fileURLToPath(new URL(`./scenarios/${scenario}.js`, import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, ['--max-semi-space-size=32', script, options], { encoding: 'utf8' }),
  );
}
