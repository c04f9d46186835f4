/**
 * `pnpm bench:server`: what the decision server costs beside a bare hono route that parses the same body and answers the same
 * bytes, under wrk at 64 connections; and the resident memory of subscribers. Both servers are processes of their own, loaded
 * in turns for a few seconds each, so that what else runs on the machine hits both.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { findProgram } from '@sortition/report/programs';
import { readOptions, refuse } from '@sortition/report/read-options';
import { median } from '../compare.js';
import { startTable } from '../table.js';
import { runWrk, startChild } from './children.js';
import { startCollector } from './collector.js';
import { measureSubscribers } from './subscribers.js';

const SUBSCRIBERS = 'subscribers';
const { quick, only, take } = readOptions({
  usage: 'pnpm bench:server',
  text: 'The decision server beside a bare hono route, under wrk, and what its subscribers keep in memory.',
  options: {
    quick: { type: 'boolean', text: 'fewer and shorter turns' },
    only: {
      type: 'string',
      takes: 'text',
      default: '',
      text: `the rows whose name contains the text; or ${SUBSCRIBERS}`,
    },
    take: { type: 'boolean', text: 'write the tables into tooling/bench/README.md as well' },
  },
}).values;
const ROUNDS = quick ? 3 : 7;
const SECONDS = quick ? 2 : 5;
const LEAST_SHARE = 0.6;
const MOST_P99 = 3;
const MOST_KB = 40;
const SDK_KEY = 'bench';

const MAIN = fileURLToPath(import.meta.resolve('@sortition/decision-server'));
const BARE = fileURLToPath(new URL('bare-server.js', import.meta.url));

const headers = { 'content-type': 'application/json', 'x-optimizely-sdk-key': SDK_KEY };
const context = { targetingKey: 'user-4711', plan: 'gold', country: 'FR', visits: 12 };
const user = { userId: 'user-4711', userAttributes: { plan: 'gold', country: 'FR', visits: 12 } };
const post = (/** @type {string} */ path, /** @type {object} */ body) => ({
  method: 'POST',
  path,
  headers,
  body: JSON.stringify(body),
});

/** @type {readonly { name: string, asked: import('./children.js').Asked, events?: true }[]} */
const ROUTES = [
  { name: 'OFREP, one flag', asked: post('/ofrep/v1/evaluate/flags/checkout', { context }) },
  { name: 'agent, decide one flag', asked: post('/v1/decide?keys=checkout', user) },
  { name: 'agent, track', asked: post('/v1/track?eventKey=purchase', user) },
  { name: 'OFREP, all flags', asked: post('/ofrep/v1/evaluate/flags', { context }) },
  { name: 'OFREP, one flag, with events', asked: post('/ofrep/v1/evaluate/flags/checkout', { context }), events: true },
];

const routes = ROUTES.filter(({ name }) => name.includes(only));
const hasSubscribers = SUBSCRIBERS.includes(only);
if (routes.length === 0 && !hasSubscribers)
  refuse(
    `No row has "${only}" in its name. There are:\n${[...ROUTES, { name: SUBSCRIBERS }].map(({ name }) => `  ${name}`).join('\n')}`,
  );
if (findProgram('wrk') === undefined) refuse('wrk is not on PATH; install it (Debian: apt-get install wrk).');
const folder = mkdtempSync(join(tmpdir(), 'bench-http-'));
const datafile = join(folder, 'datafile.json');
writeFileSync(datafile, JSON.stringify(SHOP_DATAFILE));

let missed = 0;
/** @param {boolean} isReached */
const verdict = (isReached) => {
  if (!isReached) missed += 1;
  return isReached ? 'ok' : 'MISSED';
};

try {
  const columns = ['requests/s', 'p99 ms', 'µs of processor time'].flatMap((column) => [column, 'bare']);
  const table = startTable([
    'request',
    'share of the bare route’s requests/s',
    'the same by processor time',
    'p99 beside the bare route’s',
    ...columns,
  ]);
  for (const [index, route] of routes.entries()) {
    process.stderr.write(`measuring ${index + 1} of ${routes.length}: ${route.name}\n`);
    table.add(await compareRoute(route));
  }
  if (take) table.take({ isPart: only !== '' });
  if (hasSubscribers) {
    console.log();
    const table = startTable(['1,000 subscribers', 'kB of resident memory each', 'at most']);
    const argv = [MAIN, '--port', '0', '--datafile', datafile, '--sdk-key', SDK_KEY, '--events', 'off'];
    for (const { name, kilobytes } of await measureSubscribers([...argv, '--notifications', 'on'], headers)) {
      table.add([name, kilobytes.toFixed(1), `${MOST_KB} ${verdict(kilobytes <= MOST_KB)}`]);
    }
    if (take) table.take({ isPart: false });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = missed > 0 ? 1 : 0;

/** @param {(typeof ROUTES)[number]} route */
async function compareRoute({ name, asked, events }) {
  const collector = events ? await startCollector() : undefined;
  const argv = ['--port', '0', '--datafile', datafile, '--sdk-key', SDK_KEY, '--events', collector?.url ?? 'off'];
  const ours = await startChild([MAIN, ...argv, '--insecure-hosts', '127.0.0.1']);
  const answer = await fetch(`${ours.url}${asked.path}`, asked);
  const bytes = await answer.text();
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${bytes}`);
  const bare = await startChild([BARE, asked.path.replace(/\?.*/, ''), bytes]);
  const check = await fetch(`${bare.url}${asked.path}`, asked);
  if ((await check.text()) !== bytes) throw new Error(`${name}: the bare route answers something else`);
  /** @type {{ own: import('./children.js').Load, other: import('./children.js').Load }[]} */
  const rounds = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const first = round % 2 === 0;
    const before = first ? undefined : runWrk(bare, asked, SECONDS, folder);
    const own = runWrk(ours, asked, SECONDS, folder);
    const other = before ?? runWrk(bare, asked, SECONDS, folder);
    if (own.failed + other.failed > 0) throw new Error(`${name}: ${own.failed} and ${other.failed} requests failed`);
    // Both warm up in the first turn.
    if (round >= 0) rounds.push({ own, other });
  }
  const middle = (
    /** @type {(round: { own: import('./children.js').Load, other: import('./children.js').Load }) => number} */ read,
  ) => median(rounds.map(read));
  const share = middle(({ own, other }) => own.perSecond / other.perSecond);
  const p99 = middle(({ own, other }) => own.p99 / other.p99);
  const cells = [
    name,
    `${share.toFixed(2)} ${verdict(share >= LEAST_SHARE)}`,
    middle(({ own, other }) => other.processorUs / own.processorUs).toFixed(2),
    `${p99.toFixed(2)} ${verdict(p99 <= MOST_P99)}`,
    middle(({ own }) => own.perSecond).toFixed(0),
    middle(({ other }) => other.perSecond).toFixed(0),
    middle(({ own }) => own.p99).toFixed(1),
    middle(({ other }) => other.p99).toFixed(1),
    middle(({ own }) => own.processorUs).toFixed(0),
    middle(({ other }) => other.processorUs).toFixed(0),
  ];
  await ours.stop();
  await bare.stop();
  await collector?.stop();
  return cells;
}
