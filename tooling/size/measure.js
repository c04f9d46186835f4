/**
 * `pnpm size`: what the smallest useful imports cost in a browser bundle, minified and compressed, against a budget.
 *
 * The rows are data, `budgets.json`: `code` is bundled from what the packages have built, as an application's bundler
 * would see it. A row without a budget is there for comparison. 1 kB is 1,000 bytes; compression is gzip at level 9.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} code An ES module; a missing export fails the run.
 * @property {number} [budgetBytes] Most bytes after gzip.
 * @property {number} [goalBytes] What the row ought to cost. Shown beside the figure, and no failure: what is in the way is
 *   messages and features of one object, which are not given up for it.
 * @property {string} [peer] Name of the row to compare with.
 */

const folder = fileURLToPath(new URL('.', import.meta.url));

/** @type {Row[]} */
const rows = JSON.parse(readFileSync(new URL('./budgets.json', import.meta.url), 'utf8'));

/** @type {Map<string, number>} */
const bytesByName = new Map();
for (const { name, code } of rows) bytesByName.set(name, await bundledBytes(code));

const table = rows.map(({ name, budgetBytes, goalBytes, peer }) => {
  const bytes = bytesByName.get(name) ?? Number.NaN;
  const peerBytes = bytesByName.get(peer ?? '');
  return {
    name,
    bytes,
    budget: budgetBytes ?? '',
    goal: goalBytes ?? '',
    verdict: budgetBytes === undefined ? '' : bytes <= budgetBytes ? 'ok' : 'OVER BUDGET',
    'of peer': peerBytes === undefined ? '' : `${Math.round((100 * bytes) / peerBytes)} %`,
  };
});
printTable(table);
if (table.some(({ verdict }) => verdict === 'OVER BUDGET')) process.exitCode = 1;

/**
 * @param {string} code
 * @returns {Promise<number>} bytes of the minified bundle after gzip
 */
async function bundledBytes(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, loader: 'js' },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error('esbuild wrote no bundle');
  return gzipSync(bundle.contents, { level: 9 }).byteLength;
}

/** @param {Record<string, string | number>[]} lines */
function printTable(lines) {
  const columns = Object.keys(lines[0] ?? {});
  const cells = [columns, ...lines.map((line) => columns.map((column) => formatCell(line[column] ?? '')))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? '').length)));
  for (const row of cells) {
    console.log(
      row
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
        .join('  '),
    );
  }
}

/** @param {string | number} value */
function formatCell(value) {
  return typeof value === 'number' ? value.toLocaleString('en-US') : value;
}
