/** What `pnpm verify` runs, at short settings and at long ones. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@sortition/report';

/**
 * @typedef {Record<string, string | number | boolean | null>} Figures
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {string} shows What a success means, as a sentence for `RELIABILITY.md`.
 * @property {readonly string[] | null} short Arguments of pnpm; `null`: only at long settings.
 * @property {readonly string[] | null} long The same; `null`: only at short settings.
 * @property {(output: string) => Figures} [figures] What was measured; `output` is all the step printed.
 */

const filter = (/** @type {string} */ name, /** @type {readonly string[]} */ ...command) => [
  '--filter',
  name,
  ...command,
];

/** @type {readonly Step[]} */
export const STEPS = [
  {
    name: 'tests',
    shows: 'Every test of every package passes, and none was skipped.',
    short: ['test'],
    long: ['test'],
    figures: (output) => {
      const [, passed, failed, skipped = 0] = lastMatch(output, /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/gm);
      return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
    },
  },
  {
    name: 'tests on other versions of Node',
    shows: 'The same tests pass on Node 22, 24 and 26.',
    short: null,
    long: ['test:node', '22', '24', '26'],
    figures: (output) =>
      Object.fromEntries(
        [...output.matchAll(/^Node (\d+)\.[\d.]+: (\d+) passed/gm)].map(([, major, passed]) => [
          `node${major}`,
          Number(passed),
        ]),
      ),
  },
  {
    name: 'fault catalogue',
    shows: 'Every row of the fault catalogue has a test that ran and passed.',
    short: ['catalogue'],
    long: ['catalogue'],
    figures: (output) => ({
      rows: numberBefore(output, ' rows to cover'),
      problems: numberBefore(output, ' problems'),
    }),
  },
  {
    name: 'naive parts',
    shows: 'With each naive edit applied, a test of its row fails.',
    short: ['catalogue:naive', '--share', '4'],
    long: ['catalogue:naive'],
    figures: (output) => ({
      naiveParts: numberBefore(output, ' naive parts'),
      problems: numberBefore(output, ' problems'),
    }),
  },
  {
    name: 'package installs and builds',
    shows: 'A second build in another folder is the same byte for byte.',
    short: null,
    long: ['rebuild:check'],
    figures: (output) => ({
      packages: numberBefore(output, ' packages built twice'),
      different: numberBefore(output, ' files differ'),
    }),
  },
  {
    name: 'bare clone',
    shows: 'The first command on a fresh clone prints no warnings and always shows what it is doing.',
    short: null,
    long: ['demo:check'],
    figures: (output) => ({
      firstLineMs: Number(lastMatch(output, /first line (\d+) ms later/g)[1]),
      longestPauseMs: Number(lastMatch(output, /longest pause (\d+) ms/g)[1]),
    }),
  },
  {
    name: 'runtimes',
    shows:
      'The packed packages run a small program in every listed runtime, test runner, bundler and version of TypeScript.',
    short: ['runtimes', '--fast'],
    long: ['runtimes', '--take'],
    figures: (output) => {
      const [, working, tried] = lastMatch(output, /^(\d+) of (\d+) environments work$/gm);
      return { working: Number(working), tried: Number(tried) };
    },
  },
  {
    name: 'advisories',
    shows: 'No production dependency has a known vulnerability.',
    short: ['advisories'],
    long: ['advisories'],
    figures: (output) => ({
      reachable: !/NOT CHECKED/.test(output),
      found: Number(lastMatch(output, /(\d+) advisories/g)[1] ?? 0),
    }),
  },
  {
    name: 'startup of the command line',
    shows: 'Each command starts within 120 ms of processor time in at least one round, beside `node -e 0`.',
    short: filter('@sortition/cli', 'startup', '--rounds', '3'),
    long: filter('@sortition/cli', 'startup'),
    figures: (output) => {
      const [, slowestMs, nodeMs] = lastMatch(output, /^slowest start (\d+) ms beside (\d+) ms/gm);
      return { slowestMs: Number(slowestMs), nodeMs: Number(nodeMs) };
    },
  },
  {
    name: 'soak',
    shows:
      'Over millions of decisions with config changes and failing parts, and thousands of clients, no memory, timers or sockets leak.',
    short: ['soak', '--short'],
    long: ['soak'],
    figures: () => JSON.parse(readFileSync(join(root, '.reports', 'soak.json'), 'utf8')),
  },
  {
    name: 'load',
    shows: 'Under rates, slow answers, failures, outages and restarts nothing is lost within the documented limits.',
    short: ['load', '--short'],
    long: ['load'],
    figures: (output) => {
      const [, loads, broken] = lastMatch(output, /^(\d+) loads in \d+ s, (\d+) with a broken promise$/gm);
      return { loads: Number(loads), broken: Number(broken) };
    },
  },
  {
    name: 'fuzzing',
    shows:
      'Hostile datafiles, inputs, adapters, cookies, bodies and HTTP requests cause no throw, hang or unhandled rejection.',
    short: null,
    long: ['fuzz', '--factor', '20'],
    figures: (output) => ({ tests: Number(lastMatch(output, /Tests\s+(\d+) passed/g)[1] ?? 0), factor: 20 }),
  },
  {
    name: 'conformance',
    shows: 'Decisions equal those of the official SDK, except for the listed deviations.',
    short: null,
    long: filter('@sortition/differential', 'conformance', '--decisions', '1000000'),
    figures: (output) => ({ decisions: 1_000_000, summary: lastLine(output) }),
  },
  {
    name: 'conformance of the drop-in',
    shows:
      'Every method of the drop-in returns, notifies, sends and saves the same as the official SDK, except for the listed rows.',
    short: null,
    long: filter('@sortition/differential', 'conformance', '--api', '200000'),
    figures: (output) => ({ summary: lastLine(output) }),
  },
  {
    name: 'drop-in beside the official SDK',
    shows: 'A shadow costs its caller less than a microsecond a decision; sizes and times are those of one run.',
    short: null,
    long: filter('@sortition/optimizely-compat', 'bench'),
    figures: (output) => ({ shadowNs: Number(lastMatch(output, /caller's path: (\d+) ns/g)[1]) }),
  },
  {
    name: 'conformance vectors',
    shows: 'The vectors equal those generated from their seeds, and the official SDK agrees with each row.',
    short: null,
    long: ['vectors', '--check'],
    figures: (output) => ({ files: (output.match(/ rows, /g) ?? []).length }),
  },
  {
    name: 'mutation',
    shows: 'The tests of the decision core detect changes of its code.',
    short: null,
    long: ['mutation'],
    figures: (output) => ({ scorePercent: Number(lastMatch(output, /score ([\d.]+) %/g)[1] ?? 0) }),
  },
  {
    name: 'event outage',
    shows: 'Events of an outage in real time arrive after it, each at least once.',
    short: null,
    long: filter('@sortition/events', 'soak', '--seconds', '120'),
    figures: (output) => ({ report: lastLine(output) }),
  },
  {
    name: 'event crashes',
    shows: 'Events in a store survive a process that is killed at random moments.',
    short: null,
    long: filter('@sortition/events', 'soak', 'kill', '--rounds', '200'),
    figures: (output) => ({ report: lastLine(output) }),
  },
  {
    name: 'Next.js visitors',
    shows:
      'Fifty visitors of the shop on Next.js in each mode see what the server decided, and the lab counts what they saw, each once.',
    short: null,
    long: ['visitors'],
    figures: (output) => {
      const lines = [...output.matchAll(/: (\d+) pages, (\d+) warnings, .* (\d+) impressions seen, (\d+) counted/g)];
      const sum = (/** @type {number} */ column) => lines.reduce((total, line) => total + Number(line[column]), 0);
      return { modes: lines.length, pages: sum(1), warnings: sum(2), seen: sum(3), counted: sum(4) };
    },
  },
  {
    name: 'Redis outage',
    shows: 'Decisions continue while Redis is killed and restarted.',
    short: null,
    long: filter('@sortition/reliability', 'chaos', 'outage'),
    figures: (output) => ({ report: lastLine(output) }),
  },
  {
    name: 'Redis clients',
    shows: 'Every supported client version behaves alike on Redis, and on Valkey where it is installed.',
    short: null,
    long: filter('@sortition/reliability', 'chaos', 'clients'),
  },
  {
    name: 'Redis script',
    shows: 'A write of the profile store costs the server one read and one write.',
    short: null,
    long: filter('@sortition/reliability', 'chaos', 'script-cost'),
  },
];

/**
 * @param {string} text
 * @param {RegExp} pattern
 * @returns {readonly string[]} empty when it does not match
 */
function lastMatch(text, pattern) {
  return [...text.matchAll(pattern)].at(-1) ?? [];
}

/**
 * @param {string} text
 * @param {string} words
 */
function numberBefore(text, words) {
  return Number(lastMatch(text, new RegExp(`([\\d,]+)${words}`, 'g'))[1]?.replaceAll(',', '') ?? Number.NaN);
}

/** @param {string} text */
function lastLine(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/ELIFECYCLE/.test(line));
  return lines.at(-1)?.trim() ?? '';
}
