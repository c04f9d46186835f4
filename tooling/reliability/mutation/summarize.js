/** From Stryker's report to a score, a table of files and the list of the mutants that no test noticed. */

/**
 * @typedef {object} Mutant
 * @property {string} status `Killed`, `Timeout`, `Survived`, `NoCoverage`, `CompileError`, `RuntimeError` or `Ignored`.
 * @property {string} mutatorName
 * @property {string} [replacement]
 * @property {{ start: { line: number, column: number } }} location
 *
 * @typedef {{ files: Record<string, { mutants: Mutant[] }> }} MutationReport
 */

const NOTICED = new Set(['Killed', 'Timeout']);
const MISSED = new Set(['Survived', 'NoCoverage']);

/**
 * @param {MutationReport} report
 * @returns {{ score: number, noticed: number, total: number, table: string, survivors: string[] }} `score` in percent,
 * `table` in Markdown
 */
export function summarize({ files }) {
  const rows = Object.entries(files).map(([file, { mutants }]) => ({
    file,
    noticed: mutants.filter(({ status }) => NOTICED.has(status)).length,
    missed: mutants.filter(({ status }) => MISSED.has(status)),
  }));
  rows.sort((one, other) => (one.file < other.file ? -1 : 1));
  const noticed = rows.reduce((sum, row) => sum + row.noticed, 0);
  const total = noticed + rows.reduce((sum, row) => sum + row.missed.length, 0);
  const percent = (/** @type {number} */ part, /** @type {number} */ whole) => (whole === 0 ? 0 : (100 * part) / whole);
  const lines = rows
    .filter((row) => row.noticed + row.missed.length > 0)
    .map((row) => {
      const all = row.noticed + row.missed.length;
      return `| ${row.file} | ${all} | ${row.missed.length} | ${percent(row.noticed, all).toFixed(1)} % |`;
    });
  const survivors = rows.flatMap(({ file, missed }) =>
    missed.map(({ location, mutatorName, replacement }) => {
      const { line, column } = location.start;
      return `${file}:${line}:${column} ${mutatorName}: ${replacement?.split('\n')[0]}`;
    }),
  );
  const head = '| source | mutants | not noticed | score |\n| --- | ---: | ---: | ---: |';
  return { score: percent(noticed, total), noticed, total, table: [head, ...lines].join('\n'), survivors };
}
