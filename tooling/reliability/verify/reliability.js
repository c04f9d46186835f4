/**
 * `pnpm reliability`: writes `RELIABILITY.md` from the figures of the last long run and of the last whole
 * `pnpm load`, which are kept in `last-long-run.json` and `last-load.json`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '@sortition/report';
import { readOptions, refuse } from '@sortition/report/read-options';
import { STEPS } from './steps.js';

/**
 * @typedef {object} StepResult
 * @property {string} name
 * @property {string} command
 * @property {string} commit
 * @property {boolean} passed
 * @property {number} seconds
 * @property {import('./steps.js').Figures} figures
 *
 * @typedef {object} RunReport
 * @property {string} date ISO 8601
 * @property {string} node Version.
 * @property {string} settings `long` or `short`.
 * @property {readonly StepResult[]} steps
 *
 * @typedef {object} LoadReport
 * @property {string} date ISO 8601
 * @property {string} node Version.
 * @property {string} commit
 * @property {boolean} isShort
 * @property {number} seconds
 * @property {number} loads
 * @property {number} broken Loads with a broken promise.
 * @property {readonly string[]} table Lines of Markdown.
 * @property {{ date: string, commit: string, loads: number }} [again] When some of the loads were run again, and how many.
 */

const PROMISES = [
  [
    'No evaluation call throws or rejects, even when datafile, network, store, listener or logger fail.',
    'DF, IN, UPS, EVT-14, LIFE-01, LIFE-03',
  ],
  [
    'Every wait has a total deadline; every queue, cache, body and recursion has a limit; every drop is counted.',
    'CFG-04, CFG-05, DF-04, EVT-03, EVT-05, ODP-03, REV-02, UPS-02',
  ],
  [
    'The last accepted configuration stays in use until a newer one is accepted.',
    'CFG-02, CFG-03, CFG-06, CFG-07, CFG-10',
  ],
  [
    'Decisions do not depend on Redis or ODP being alive; stickiness is atomic per user and experiment.',
    'RED-01 to RED-08, RED-19, ODP-03, UPS-04',
  ],
  [
    'Supported Redis clients behave alike: key prefixes, clusters, pipelines, few rights, refused scripts, transactions.',
    'RED-13 to RED-18',
  ],
  [
    'Events are delivered at least once with stable ids, within stated bounds, across outages, close and, with a store, crashes.',
    'EVT-01 to EVT-26',
  ],
  [
    'An application under load loses nothing within the documented limits, and losses beyond them are reported once.',
    'EVT-15 to EVT-18, EVT-22, EVT-25, EVT-26, and the table below',
  ],
  [
    'The SDK changes no globals, prototypes or signal handlers, keeps no process alive, logs no secrets and no user data above debug level, and calls only allowed hosts.',
    'DF-03, LIFE-02, LIFE-06, LIFE-07, SEC-01, SEC-02, SEC-03',
  ],
];

/**
 * @param {RunReport} run
 * @param {LoadReport} load
 * @returns {string} the document
 */
export function formatReliability({ date, node, settings, steps }, load) {
  const shows = new Map(STEPS.map((step) => [step.name, step.shows]));
  const rows = steps.map(({ name, command, commit, passed, seconds, figures }) => {
    const measured = Object.entries(figures).map(([figure, value]) => `${figure}: ${value}`);
    const cells = [
      figures.reachable === false ? 'not checked' : passed ? 'yes' : '**no**',
      shows.get(name) ?? name,
      measured.join('; '),
      `\`${command}\``,
      commit.slice(0, 10),
      `${seconds} s`,
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return `# Reliability

The guarantees of Sortition, and the results of the last run of every check. \`pnpm reliability\` generates this page from a run with
${settings} settings that ended on ${date.slice(0, 10)}, Node ${node}; each row names its commit.

## Promises

The titles of the tests of a row of the [fault catalogue](tooling/reliability/catalogue/catalogue.json) begin with its id:
\`grep -r '\\[CFG-04\\]' packages/*/test tooling/*/test\` finds the tests of one row. \`pnpm catalogue\` fails for a row without a passed
test, \`pnpm catalogue:naive\` for a row whose tests cannot fail.

| promise | shown by |
| --- | --- |
${PROMISES.map(([promise, ids]) => `| ${promise} | ${ids} |`).join('\n')}

## Under load

What \`pnpm load\` measured on ${load.date.slice(0, 10)}, Node ${load.node}, commit ${load.commit.slice(0, 10)}: ${load.loads} loads in ${load.seconds} s, ${load.broken} with a broken
promise${againText(load)}. An application makes decisions, records events and fetches segments with default options, and the receiver counts what arrived. Most loads use
simulated time; \`sockets\`, \`restarts\` (processes that are killed) and \`profiles\` (a real Redis) run in
real time. The official JavaScript SDK 6.6.1 runs the same load where it has the feature: it has no file store and no Redis store.

A load within the [documented limits](packages/events/README.md#what-is-promised) must not drop anything. The names of the other loads say
what exceeds the limits: events that are never accepted, an outage longer than the queue, failing fetches of segments. Heap is the
largest size after a collection, minus that at the start. CPU includes the receiver in loads with simulated time, and is
the sum of all processes in loads that kill them. After 20 failed fetches of segments in a row only one request per second is
sent, so that few users wait for a hanging platform; therefore segments are missing for a second and a round trip after an outage.

${load.table.join('\n')}

## The last run

| holds | what it shows | measured | command | commit | took |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

To repeat this run: \`npx pnpm verify --long\`, then \`npx pnpm reliability --take\`. \`npx pnpm verify\` runs the same checks in minutes.
`;
}

/** @param {LoadReport} load */
function againText({ again }) {
  if (again === undefined) return '';
  return `; ${again.loads} of them were run again on ${again.date.slice(0, 10)}, commit ${again.commit.slice(0, 10)}`;
}

/**
 * @param {LoadReport} whole
 * @param {LoadReport} part some of its loads, run again
 * @returns {LoadReport} the whole with the rows of the part
 */
export function retakePart(whole, part) {
  const nameOf = (/** @type {string} */ row) => row.split(' | ', 1)[0];
  const rows = new Map(part.table.slice(2).map((row) => [nameOf(row), row]));
  const table = whole.table.map((row) => rows.get(nameOf(row)) ?? row);
  const { date, commit, loads } = part;
  const broken = table.filter((row) => row.includes('**no**')).length;
  return { ...whole, table, broken, again: { date, commit, loads } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = readOptions({
    usage: 'pnpm reliability',
    text: 'Writes RELIABILITY.md from the last long run of pnpm verify, and the last whole pnpm load, that were taken.',
    options: {
      take: { type: 'boolean', default: false, text: 'takes what pnpm verify --long has left in .reports' },
      'take-load': {
        type: 'boolean',
        default: false,
        text: 'takes only what pnpm load has left there, or the rows that pnpm load --only has run',
      },
    },
  });
  const kept = fileURLToPath(new URL('last-long-run.json', import.meta.url));
  const keptLoad = fileURLToPath(new URL('last-load.json', import.meta.url));
  const { take: takes, 'take-load': takesLoad } = values;
  if (takes) {
    const latest = join(root, '.reports', 'verify.json');
    if (!existsSync(latest)) refuse('There is no run to take: pnpm verify --long first.');
    writeFileSync(kept, readFileSync(latest));
  }
  if (takes || takesLoad) {
    const latest = join(root, '.reports', 'load.json');
    const load = existsSync(latest) ? JSON.parse(readFileSync(latest, 'utf8')) : undefined;
    if (load?.isShort === false && (takesLoad || !load.isPart)) {
      const taken = load.isPart ? retakePart(JSON.parse(readFileSync(keptLoad, 'utf8')), load) : load;
      writeFileSync(keptLoad, `${JSON.stringify(taken, null, 2)}\n`);
    } else if (takesLoad) refuse('There is no load at its full length to take: pnpm load first.');
  }
  const [run, load] = [kept, keptLoad].map((file) => JSON.parse(readFileSync(file, 'utf8')));
  writeFileSync(join(root, 'RELIABILITY.md'), formatReliability(run, load));
}
