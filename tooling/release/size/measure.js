/**
 * `pnpm size`: what the smallest useful imports cost in a browser bundle, minified and compressed, against a budget.
 *
 * The rows are data, `budgets.json`: `code` is bundled from what the packages have built, as an application's bundler
 * would see it. A row without a budget is there for comparison. 1 kB is 1,000 bytes; compression is gzip at level 9.
 * Modules behind an `import()` are files of their own, as bundlers make them, and are loaded by the applications that use
 * what is in them; `in one file` is what a bundler comes to that puts everything together.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { readOptions } from '@sortition/report/read-options';
import { build } from 'esbuild';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} code An ES module; a missing export fails the run.
 * @property {number} [budgetBytes] Most bytes after gzip; more fails the run.
 * @property {number} [goalBytes] Most bytes that were asked for. A row above its goal says so, and does not fail.
 * @property {number} [aimBytes] What the row is meant to cost. Shown beside the figure, and not a failure.
 * @property {string} [peer] Name of the row to compare with.
 */

/**
 * @typedef {object} Bundled
 * @property {number} bytes Of what is loaded to begin with, minified, after gzip.
 * @property {number} oneFileBytes The same with all that is loaded on demand.
 */

readOptions({
  usage: 'pnpm size',
  text: 'What imports cost in a browser bundle, minified and after gzip, beside budgets and goals.',
});

const folder = fileURLToPath(new URL('.', import.meta.url));

/** @type {Row[]} */
const rows = JSON.parse(readFileSync(new URL('./budgets.json', import.meta.url), 'utf8'));

/** @type {Map<string, Bundled>} */
const bundledByName = new Map();
for (const { name, code } of rows) bundledByName.set(name, await bundledBytes(code));

const table = rows.map(({ name, budgetBytes, goalBytes, aimBytes, peer }) => {
  const { bytes, oneFileBytes } = /** @type {Bundled} */ (bundledByName.get(name));
  const peerBytes = bundledByName.get(peer ?? '')?.bytes;
  return {
    name,
    bytes,
    'in one file': oneFileBytes === bytes ? '' : oneFileBytes,
    budget: budgetBytes ?? '',
    goal: goalBytes ?? '',
    aim: aimBytes ?? '',
    verdict: budgetBytes === undefined ? '' : verdictOf(bytes, budgetBytes, goalBytes),
    'of peer': peerBytes === undefined ? '' : `${Math.round((100 * bytes) / peerBytes)} %`,
  };
});
printTable(table);
if (table.some(({ verdict }) => verdict === 'OVER BUDGET')) process.exitCode = 1;

/**
 * @param {number} bytes
 * @param {number} budgetBytes
 * @param {number} [goalBytes]
 */
function verdictOf(bytes, budgetBytes, goalBytes = budgetBytes) {
  if (bytes > budgetBytes) return 'OVER BUDGET';
  return bytes > goalBytes ? 'above goal' : 'ok';
}

/**
 * @param {string} code
 * @returns {Promise<Bundled>}
 */
async function bundledBytes(code) {
  const [oneFile, split] = [await bundle(code, false), await bundle(code, true)];
  const oneFileBytes = compressedBytes(oneFile.outputFiles);
  const atOnce = reachable(split.metafile, ['import-statement']);
  const isAllAtOnce = reachable(split.metafile, ['import-statement', 'dynamic-import']).size === atOnce.size;
  if (isAllAtOnce) return { bytes: oneFileBytes, oneFileBytes };
  return { bytes: compressedBytes(split.outputFiles.filter(({ path }) => atOnce.has(basename(path)))), oneFileBytes };
}

/**
 * @param {string} code
 * @param {boolean} splitting
 */
function bundle(code, splitting) {
  return build({
    stdin: { contents: code, resolveDir: folder, loader: 'js' },
    bundle: true,
    splitting,
    outdir: folder,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    // Bindings are measured on top of the framework, which a page has anyway.
    external: ['react'],
    logLevel: 'error',
  });
}

/** @param {readonly import('esbuild').OutputFile[]} files */
function compressedBytes(files) {
  return gzipSync(Buffer.concat(files.map(({ contents }) => contents)), { level: 9 }).byteLength;
}

/**
 * Names of the files that the entry leads to by imports of some kinds.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {readonly import('esbuild').ImportKind[]} kinds
 */
function reachable(metafile, kinds) {
  const importsOf = new Map(Object.entries(metafile.outputs).map(([path, { imports }]) => [basename(path), imports]));
  const names = new Set(['stdin.js']);
  for (const name of names) {
    for (const { path, kind } of importsOf.get(name) ?? []) {
      if (kinds.some((wanted) => wanted === kind)) names.add(basename(path));
    }
  }
  return names;
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
