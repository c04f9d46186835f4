/**
 * `pnpm runtimes`: the table of environments. Each is installed in a folder outside the workspace, with our packages from
 * their tarballs, does the same small job and prints one row.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listPublicPackages, packInto } from '@sortition/release/pack';
import { buildPackages } from '@sortition/report/build-packages';
import { readOptions, refuse } from '@sortition/report/read-options';
import { install, openEnvironment } from './environment.js';
import { EXPECTED, writeJob, writeProgram } from './job.js';
import { listRows } from './rows/index.js';
import { takeTables } from './take-tables.js';

const { values } = readOptions({
  usage: 'pnpm runtimes',
  text: 'Installs the packed packages in each environment, does the same small job there and prints one row.',
  options: {
    only: { type: 'string', takes: 'text', multiple: true, default: [], text: 'the rows whose name contains it' },
    fast: { type: 'boolean', default: false, text: 'the rows of CI' },
    keep: { type: 'string', takes: 'folder', text: 'installs there, and leaves it' },
    take: {
      type: 'boolean',
      default: false,
      text: 'writes the results into the tables of README.md at the root and in tooling/runtimes',
    },
  },
});
const rows = listRows().filter(
  ({ name, fast }) =>
    (!values.fast || fast) && (values.only.length === 0 || values.only.some((text) => name.includes(text))),
);
if (rows.length === 0) refuse(`No row is called ${values.only.join(' or ')}.`);
if (!(await buildPackages([]))) process.exit(1);
// It is made of packages that are built.
const { startServices } = await import('./services.js');
const parent = values.keep ?? mkdtempSync(join(tmpdir(), 'runtimes-'));

const packed = join(parent, 'packed');
mkdirSync(packed, { recursive: true });
const tarballs = listPublicPackages().map((source) => packInto(packed, source));

const services = await startServices();
/** @type {Map<string, Promise<import('./environment.js').Environment>>} rows of one environment share its folder */
const environments = new Map();
/** @type {{ name: string, does: string, problem: string | null }[]} */
const results = [];
try {
  for (const row of rows) results.push(await tryRow(row));
} finally {
  await services.close();
  if (values.keep === undefined) rmSync(parent, { recursive: true, force: true });
}

const failed = results.filter(({ problem }) => problem !== null);
console.log(`${results.length - failed.length} of ${results.length} environments work`);
if (failed.length > 0) process.exitCode = 1;
if (values.take)
  takeTables(
    listRows().map(({ name }) => name),
    results,
  );

/**
 * @param {import('./rows/index.js').Row} row
 * @returns {Promise<{ name: string, does: string, problem: string | null }>}
 */
async function tryRow({ name, does, dependencies, environment: folder, withoutOurs = false, run }) {
  const started = Date.now();
  let problem = null;
  try {
    const key = folder ?? name.replaceAll(/[^\w.-]+/g, '-');
    const environment = await open(key, dependencies, withoutOurs ? [] : tarballs);
    await run({ environment, services, name, install: open, doJob: (start) => doJob(name, start) });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${problem === null ? 'ok    ' : 'FAILED'} ${name.padEnd(44)} ${does} (${seconds} s)`);
  if (problem !== null) console.log(problem.replaceAll(/^/gm, '         '));
  return { name, does, problem };
}

/**
 * @param {string} key
 * @param {Readonly<Record<string, string>>} dependencies
 * @param {readonly string[]} packages
 */
function open(key, dependencies, packages = []) {
  let opened = environments.get(key);
  if (opened === undefined) {
    opened = (async () => {
      const environment = openEnvironment(join(parent, key));
      await install(environment, dependencies, packages);
      for (const [format, extension] of /** @type {const} */ ([
        ['esm', 'mjs'],
        ['cjs', 'cjs'],
      ])) {
        environment.write(`job.${extension}`, writeJob(format));
        environment.write(`program.${extension}`, writeProgram(format));
      }
      return environment;
    })();
    environments.set(key, opened);
  }
  return opened;
}

/**
 * Has the job done for a user of its own, and compares the answer and the events that arrived with what they should be.
 *
 * @param {string} name
 * @param {(settings: { base: string, userId: string, datafile: string }) => Promise<string>} start resolves with what was printed
 */
async function doJob(name, start) {
  const userId = `zoë in ${name}`;
  services.setSegments(userId);
  const output = await start({ base: services.url, userId, datafile: services.datafile });
  const [, text] = /^.*?ANSWER (\{.*\})/m.exec(output) ?? [];
  if (text === undefined) throw new Error(`the job printed no answer:\n${output.slice(-2_000)}`);
  const answer = JSON.parse(text);
  for (const [field, expected] of Object.entries(EXPECTED)) {
    if (JSON.stringify(answer[field]) !== JSON.stringify(expected)) {
      throw new Error(`${field} is ${JSON.stringify(answer[field])}; expected ${JSON.stringify(expected)}\n${text}`);
    }
  }
  const events = services.eventsOf((id) => id === userId).map(({ key }) => key);
  if (events.join() !== 'campaign_activated,purchase')
    throw new Error(`the collector received ${events.join() || 'no events'}`);
}
