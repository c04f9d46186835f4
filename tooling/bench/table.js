/** Tables in Markdown: printed row by row while measuring, and written into the README when all is measured. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const README = fileURLToPath(new URL('./README.md', import.meta.url));

/** @param {readonly string[]} columns */
export function startTable(columns) {
  const head = toLine(columns);
  /** @type {string[]} */
  const rows = [];
  console.log(`${head}\n|${' --- |'.repeat(columns.length)}`);
  return {
    /** @param {readonly string[]} cells */
    add(cells) {
      rows.push(toLine(cells));
      console.log(rows.at(-1));
    },

    /**
     * Writes the rows into the table with the same head.
     *
     * @param {{ isPart: boolean, file?: string }} options Of a part the rows replace those with the same first cell, and others stay.
     */
    take({ isPart, file = README }) {
      const lines = readFileSync(file, 'utf8').split('\n');
      const first = lines.indexOf(head) + 2;
      if (first < 2) throw new Error(`${file} has no table that begins with ${head}`);
      const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
      const before = lines.splice(first, length < 0 ? lines.length : length);
      lines.splice(first, 0, ...(isPart ? merge(before, rows) : rows));
      writeFileSync(file, lines.join('\n'));
    },
  };
}

/** @param {readonly string[]} cells */
function toLine(cells) {
  return `| ${cells.join(' | ')} |`;
}

/** @param {readonly string[]} before @param {readonly string[]} rows */
function merge(before, rows) {
  const nameOf = (/** @type {string} */ line) => line.split(' | ')[0];
  const names = new Set(rows.map(nameOf));
  const all = new Set([...before, ...rows].map(nameOf));
  return [...all].flatMap((name) => (names.has(name) ? rows : before).filter((line) => nameOf(line) === name));
}
