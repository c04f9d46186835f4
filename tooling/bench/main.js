/**
 * `pnpm bench`: what a server, a page and a function pay for decisions, beside the official SDK and, where they can take
 * part, GrowthBook, flagd-core, ConfigCat and Unleash. Each contestant has a process of its own; costs are processor time
 * relative to the official SDK (1.00), taken in turns, as the median of the rounds with its quartiles.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '@sortition/report/programs';
import { readOptions, refuse } from '@sortition/report/read-options';
import { buildSync } from 'esbuild';
import { compareAnswers } from './compare-answers.js';
import { profilePage } from './page-profile.js';
import { PEERS } from './peers/contestants.js';
import { profileServer } from './profile.js';
import { createFlags, toDatafile } from './server-project.js';
import { startTable } from './table.js';
import { takeTurns, toShares } from './turns.js';

/** @typedef {import('./turns.js').Share} Share */
/** @typedef {{ name: string, atMost: number, needs?: string, run: () => Share[] | Promise<Share[]> }} Scenario A program it `needs`. */

const peers = Object.keys(PEERS);

const { quick, only, against, kept, take, ...profiles } = readOptions({
  usage: 'pnpm bench',
  text: 'What a server, a page and a function pay for decisions, beside other SDKs: about ten minutes with --quick.',
  options: {
    quick: { type: 'boolean', text: 'fewer rounds' },
    only: { type: 'string', takes: 'text', default: '', text: 'the scenarios whose name contains the text' },
    kept: { type: 'boolean', text: 'the flattering measures after the scenarios: one kept user, one hot flag' },
    against: { type: 'string', takes: 'file', text: 'another build of ours takes part in the server scenarios' },
    profile: { type: 'boolean', text: 'not the scenarios, but where the time of a server request goes' },
    'profile-page': { type: 'boolean', text: 'not the scenarios, but where the time of a page goes' },
    take: { type: 'boolean', text: 'write the tables into tooling/bench/README.md as well' },
  },
}).values;
if (take && against)
  refuse(
    '--take writes the tables of the README, which have no rows for another build; leave out --against or --take.',
  );
const rounds = quick ? 9 : 31;

/**
 * @param {string} name
 * @param {number} atMost
 * @param {Partial<import('./scenarios/server.js').ServerOptions>} more
 * @param {readonly string[]} [peers]
 * @returns {Scenario}
 */
const server = (name, atMost, more, peers = []) => {
  const options = { flags: 1_000, audiences: 500, decides: 5, ...more };
  return {
    name,
    atMost,
    run: () =>
      takeTurns({
        script: new URL('./scenarios/server.js', import.meta.url),
        options,
        names: ['official', 'sortition', ...peers, ...(against ? [`sortition=${resolve(against)}`] : [])],
        rounds,
        operations: Math.ceil(12_000 / (options.decides + 3)),
        compareAnswers,
      }),
  };
};

/**
 * What grows with the processor's caches alone grows with every contestant.
 *
 * @param {string} name
 * @param {number} atMost
 * @param {object} large
 * @param {object} [small]
 * @returns {Scenario}
 */
const growth = (name, atMost, large, small = {}) => {
  const base = { flags: 1_000, audiences: 500, clients: 1, attributes: 8, profiles: 0 };
  const sizes = { small: { ...base, ...small }, large: { ...base, ...large }, rounds };
  const others = sizes.large.profiles > 0 ? ['official', 'GrowthBook'] : ['official', 'floor', ...peers];
  const run = () =>
    ['sortition', ...others].flatMap((peer) =>
      // The cost of the large size is relative to that of the small one.
      runChild('growth', { peer, ...sizes })
        .slice(1)
        .map((share) => ({ ...share, name: peer })),
    );
  return { name, atMost, run };
};

/** @type {readonly Scenario[]} */
const SCENARIOS = [
  server('server: context, 5 decides, 1 conversion, with events', 0.22, { events: true }),
  impressions('impressions on top of 5 decides', 0.42),
  server('server without events, 5 decides', 0.09, {}, ['floor', ...peers]),
  server('server without events, 1 decide', 0.15, { decides: 1 }, ['floor', ...peers]),
  server('server without events, 20 decides', 0.08, { decides: 20 }, ['floor', ...peers]),
  server('server without events, 100 flags', 0.06, { flags: 100, audiences: 50 }, ['floor', ...peers]),
  server('server without events, 10,000 flags', 0.22, { flags: 10_000 }, ['floor', ...peers]),
  server('sticky server, store in memory', 0.22, { sticky: true }, ['GrowthBook']),
  stickyRedis('sticky server, store in Redis, one round trip'),
  {
    name: 'page in Chromium, processor slowed down four times',
    needs: 'chromium',
    atMost: 0.5,
    run: () => runChild('chromium', { rounds, slowdown: 4 }),
  },
  {
    name: 'page in Chromium, processor time of its thread',
    needs: 'chromium',
    atMost: 0.5,
    run: () => runChild('chromium', { rounds, slowdown: 1 }),
  },
  start('page: import, create from 100 flags, 10 decides', 0.5, 'esm', 100, 10, 'usable'),
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

const scenarios = SCENARIOS.filter(({ name }) => name.includes(only));
if (scenarios.length === 0)
  refuse(`No scenario has "${only}" in its name. There are:\n${SCENARIOS.map(({ name }) => `  ${name}`).join('\n')}`);
for (const { name, needs } of profiles.profile || profiles['profile-page'] ? [] : scenarios)
  if (needs && findProgram(needs) === undefined)
    refuse(`${needs} is not on PATH, and "${name}" needs it. Install it, or choose others with --only.`);

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  if (profiles.profile) await profileServer(folder, take);
  else if (profiles['profile-page']) await profilePage(rounds, take);
  else await main();
} finally {
  rmSync(folder, { recursive: true });
}

async function main() {
  const table = startTable(['scenario', 'contestant', 'cost', 'quartiles', 'at most', 'µs']);
  for (const [index, { name, atMost, run }] of scenarios.entries()) {
    process.stderr.write(`measuring ${index + 1} of ${scenarios.length}: ${name}\n`);
    for (const { name: contestant, cost, low, high, us } of await run()) {
      const limit = contestant === 'sortition' && atMost > 0 ? `${atMost} ${cost <= atMost ? 'ok' : 'MISSED'}` : '';
      const quartiles = low === high ? '' : `${low.toFixed(3)}–${high.toFixed(3)}`;
      const time = us < 1_000 ? us.toFixed(1) : Math.round(us).toLocaleString('en');
      table.add([name, contestant, cost.toFixed(3), quartiles, limit, time]);
    }
  }
  if (take) table.take({ isPart: only !== '' });
  if (kept) {
    const script = fileURLToPath(new URL('./decisions.js', import.meta.url));
    const args = [script, ...(quick ? ['--quick'] : []), ...(take ? ['--take'] : [])];
    execFileSync(process.execPath, args, { stdio: 'inherit' });
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
 * @param {'created' | 'usable' | 'total'} step To the last decision, or also until events were flushed.
 * @returns {Scenario}
 */
function start(name, atMost, format, flags, decides, step) {
  return {
    name,
    atMost,
    run() {
      const described = createFlags(flags, flags / 2);
      const file = join(folder, `${flags}.json`);
      writeFileSync(file, toDatafile(described));
      const projectOf = (/** @type {string} */ peer) => join(folder, `${peer}-${flags}.json`);
      for (const [peer, { toProject }] of Object.entries(PEERS)) writeFileSync(projectOf(peer), toProject(described));
      const time = (/** @type {string} */ peer) => {
        const script = fileURLToPath(new URL('./scenarios/start.js', import.meta.url));
        const args = [script, peer, format, peer in PEERS ? projectOf(peer) : file, String(decides)];
        const env = { ...process.env, NODE_ENV: 'production' };
        /** @type {Record<'created' | 'usable' | 'total' | 'looked', number> & { served: boolean[] }} */
        const steps = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env }));
        return { us: 1_000 * steps[step], usLooked: 1_000 * steps.looked, served: steps.served.join() };
      };
      const floor = join(folder, `floor.${format === 'cjs' ? 'cjs' : 'mjs'}`);
      buildSync({
        entryPoints: [fileURLToPath(new URL('./peers/page-floor.js', import.meta.url))],
        outfile: floor,
        bundle: true,
        platform: 'node',
        format,
        logLevel: 'error',
      });
      const names = ['official', 'sortition', 'floor', ...peers];
      const allServed = new Set();
      const times = names.map(() => /** @type {number[]} */ ([]));
      const looked = /** @type {number[]} */ ([]);
      for (let round = 0; round < rounds; round += 1) {
        for (const [index, peer] of names.entries()) {
          const { us, usLooked, served } = time(peer === 'floor' ? floor : peer);
          allServed.add(served);
          times[index]?.push(us);
          if (peer === 'sortition') looked.push(usLooked);
        }
      }
      if (allServed.size !== 1) throw new Error('the contestants put different users into experiments');
      if (step !== 'created') return toShares(names, times);
      return toShares([...names, 'sortition, problems looked for afterwards'], [...times, looked]);
    },
  };
}

/**
 * What impressions add: the requests with them, less the same requests without.
 *
 * @param {string} name
 * @param {number} atMost
 * @returns {Scenario}
 */
function impressions(name, atMost) {
  return {
    name,
    atMost,
    async run() {
      const without = await server(name, atMost, {}).run();
      const withThem = await server(name, atMost, { events: true, conversions: false }).run();
      const added = withThem.map(({ us }, index) => us - (without[index]?.us ?? Number.NaN));
      return withThem.map(({ name: contestant }, index) => {
        const us = added[index] ?? Number.NaN;
        const cost = us / (added[0] ?? Number.NaN);
        return { name: contestant, cost, low: cost, high: cost, us };
      });
    },
  };
}

/** @param {string} name @returns {Scenario} */
function stickyRedis(name) {
  return {
    name,
    atMost: Number.NaN,
    needs: 'redis-server',
    async run() {
      const redisPort = 20_000 + (process.pid % 20_000);
      const redis = spawn('redis-server', ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1'], {
        stdio: 'ignore',
      });
      try {
        return await server(name, Number.NaN, { redisPort }, ['GrowthBook']).run();
      } finally {
        redis.kill();
      }
    },
  };
}

/** @param {string} scenario @param {object} options @returns {Share[]} */
function runChild(scenario, options) {
  const script = fileURLToPath(new URL(`./scenarios/${scenario}.js`, import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, ['--max-semi-space-size=32', script, JSON.stringify(options)], { encoding: 'utf8' }),
  );
}
