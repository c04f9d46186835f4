/**
 * `pnpm catalogue:naive`: tests the tests. For each row of the fault catalogue there is a naive version of the
 * part it is about, written as an edit of the sources: without the deadline, without the bound, without the check. In a
 * copy of the workspace with that edit at least one test of the row has to fail, or the row proves nothing.
 *
 * Sources move on: an edit that no longer finds its place fails a whole run, and is only printed by a share, which must not
 * stop work on the part it is about.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '@sortition/report';
import { readOptions } from '@sortition/report/read-options';
import { createWorkspaceCopy } from '@sortition/report/workspace-copy';
import { NAIVE_PARTS } from './naive/index.js';
import { readCatalogue } from './read-catalogue.js';

/** Runs at a time. */
const WORKERS = 2;
/** Of a run: a naive part may hang in a loop that no test runner can end. */
const RUN_TIMEOUT_MS = 120_000;
/** Of a test: a naive part that never answers is as red as one that answers wrongly. */
const TEST_TIMEOUT_MS = 15_000;

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const { values, positionals: wanted } = readOptions({
  usage: 'pnpm catalogue:naive [part ...]',
  text: 'Puts each naive part in place of the real one, in a copy of the workspace: a test of its rows has to fail.',
  options: {
    share: {
      type: 'string',
      takes: 'number',
      default: '1',
      text: 'tries 1 in so many parts, others with every commit',
    },
  },
  positionals: NAIVE_PARTS.map(({ name }) => name),
});
const share = Math.max(1, Math.floor(Number(values.share)));
const parts = wanted.length > 0 ? NAIVE_PARTS.filter(({ name }) => wanted.includes(name)) : takeShare();
const outOfPlace = new Map(NAIVE_PARTS.map((part) => [part, findEditsOutOfPlace(part)]));
const moved = [...outOfPlace.values()].flat();
for (const edit of moved) console.log(`OUT OF PLACE ${edit}`);
const pending = parts.filter((part) => share === 1 || outOfPlace.get(part)?.length === 0);
const problems = wanted.length > 0 ? [] : findRowsWithoutPart();
if (share === 1 && wanted.length === 0) problems.push(...moved);

await Promise.all(Array.from({ length: WORKERS }, work));
for (const problem of problems) console.log(problem);
console.log(`${parts.length} naive parts, ${problems.length} problems`);
if (problems.length > 0 || parts.length === 0) process.exitCode = 1;

/** The parts whose turn it is: one in `--share`, chosen by the commit. */
function takeShare() {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  const turn = Number.parseInt(commit.slice(0, 8), 16) % share;
  return NAIVE_PARTS.filter((_, index) => index % share === turn);
}

async function work() {
  const copy = createWorkspaceCopy(root);
  try {
    for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
      const start = performance.now();
      const found = await check(part, copy).catch((error) => [String(error)]);
      const seconds = ((performance.now() - start) / 1_000).toFixed(1);
      console.log(
        `${found.length === 0 ? 'red as wanted' : 'NOT RED'}  ${part.name}  ${part.ids.join(' ')}  ${seconds} s`,
      );
      problems.push(...found.map((problem) => `${part.name}: ${problem}`));
    }
  } finally {
    copy.remove();
  }
}

/**
 * @param {import('./naive/index.js').NaivePart} part
 * @param {ReturnType<typeof createWorkspaceCopy>} copy
 * @returns {Promise<string[]>} ids without a test that fails, as sentences
 */
async function check({ ids, edits, tests }, copy) {
  const undo = copy.edit(edits);
  try {
    /** @type {Set<string>} */
    const red = new Set();
    for (const [folder, files] of groupByPackage(tests)) {
      for (const title of await failedTitles(join(copy.folder, folder), files, ids)) {
        for (const id of ids) if (title.includes(`[${id}]`)) red.add(id);
      }
    }
    return ids.filter((id) => !red.has(id)).map((id) => `no test of ${id} fails`);
  } finally {
    undo();
  }
}

/**
 * @param {string} folder of a package
 * @param {readonly string[]} files
 * @param {readonly string[]} ids
 * @returns {Promise<string[]>} titles of the tests that ran and failed
 */
async function failedTitles(folder, files, ids) {
  const report = join(folder, '.reports', 'vitest.json');
  rmSync(report, { force: true });
  // One red test of a row is enough, and a part that hangs would let each of the others wait as well.
  const until = ids.length === 1 ? ['--bail=1'] : [];
  const child = spawn(
    process.execPath,
    [
      vitest,
      'run',
      ...files,
      '--testNamePattern',
      `\\[(${ids.join('|')})\\]`,
      `--testTimeout=${TEST_TIMEOUT_MS}`,
      ...until,
    ],
    { cwd: folder, stdio: 'ignore', env: { ...process.env, CI: 'true' } },
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_TIMEOUT_MS);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  if (!existsSync(report)) throw new Error(`${files.join(', ')} left no report within ${RUN_TIMEOUT_MS} ms`);
  /** @type {import('@sortition/report').Report} */
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const broken = testResults.find(({ assertionResults }) => assertionResults.length === 0);
  if (broken !== undefined) throw new Error(`${broken.name} does not run: ${broken.message}`);
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );
}

/**
 * @param {readonly string[]} tests paths from the root
 * @returns {Map<string, string[]>} package's folder to test files in it
 */
function groupByPackage(tests) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const test of tests) {
    const [parent, child, ...rest] = test.split('/');
    const folder = `${parent}/${child}`;
    groups.set(folder, [...(groups.get(folder) ?? []), rest.join('/')]);
  }
  return groups;
}

function findRowsWithoutPart() {
  const covered = new Set(NAIVE_PARTS.flatMap(({ ids }) => ids));
  const rows = readCatalogue().filter(({ status }) => status === 'required');
  return rows.flatMap(({ id, withoutNaive }) => {
    if (covered.has(id)) return withoutNaive ? [`${id} has a naive part and a reason for having none`] : [];
    return withoutNaive ? [] : [`${id} has no naive part`];
  });
}

/**
 * @param {import('./naive/index.js').NaivePart} part
 * @returns {string[]} edits whose text is not in its file exactly once
 */
function findEditsOutOfPlace({ name, edits }) {
  return edits
    .filter(
      ({ file, find }) => !existsSync(join(root, file)) || countIn(readFileSync(join(root, file), 'utf8'), find) !== 1,
    )
    .map(({ file, find }) => `${name}: ${file} does not have once: ${find}`);
}

/**
 * @param {string} text
 * @param {string} part
 */
function countIn(text, part) {
  return text.split(part).length - 1;
}
