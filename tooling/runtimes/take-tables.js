/** Writes what works where into documents: every row into the README of this folder, a line per environment into that of the repository. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@sortition/report';

/**
 * @typedef {{ name: string, does: string, problem: string | null }} Result
 */

/**
 * @param {readonly string[]} names of all rows, in their order
 * @param {readonly Result[]} results of the rows that ran; the others keep their line
 */
export function takeTables(names, results) {
  const file = join(root, 'tooling', 'runtimes', 'README.md');
  const linesBefore = readFileSync(file, 'utf8').split('\n');
  const rows = names.flatMap((name) => {
    const result = results.find((taken) => taken.name === name);
    if (result === undefined) return linesBefore.filter((line) => line.startsWith(`| ${name} |`));
    return `| ${name} | ${result.does} | ${result.problem === null ? 'works' : 'fails'} |`;
  });
  put(file, 'table', ['| environment | what is done there | result |', '| --- | --- | --- |', ...rows]);
  put(join(root, 'README.md'), 'runtimes', summarize(rows));
}

/**
 * @param {readonly string[]} rows of the whole table
 * @returns {string[]} a table with a line for each environment, its versions and the ways it was tried in
 */
function summarize(rows) {
  /** @type {Map<string, { versions: Set<string>, ways: Set<string>, worked: number, tried: number }>} */
  const environments = new Map();
  for (const row of rows) {
    const [, name = '', , result] = row.split('|').map((cell) => cell.trim());
    const [, environment = '', version = '', way = ''] = /^(\S+) ([\d.]+),? ?(.*)$/.exec(name) ?? [];
    const known = environments.get(environment) ?? { versions: new Set(), ways: new Set(), worked: 0, tried: 0 };
    known.versions.add(version);
    if (way !== '') known.ways.add(way);
    known.tried += 1;
    if (result === 'works') known.worked += 1;
    environments.set(environment, known);
  }
  const lines = [...environments].map(([environment, { versions, ways, worked, tried }]) => {
    const verdict = worked === tried ? 'works' : `${worked} of ${tried} work`;
    return `| ${environment} | ${[...versions].join(', ')} | ${[...ways].join('; ')} | ${verdict} |`;
  });
  return ['| where | versions | as | result |', '| --- | --- | --- | --- |', ...lines];
}

/**
 * @param {string} file
 * @param {string} mark of the comments around what is replaced
 * @param {readonly string[]} lines
 */
function put(file, mark, lines) {
  const text = readFileSync(file, 'utf8');
  const between = new RegExp(`(?<=<!-- ${mark} -->\\n).*(?=\\n<!-- end of ${mark} -->)`, 's');
  if (!between.test(text)) throw new Error(`${file} has no place for the table: <!-- ${mark} -->`);
  writeFileSync(
    file,
    text.replace(between, () => `\n${lines.join('\n')}\n`),
  );
}
