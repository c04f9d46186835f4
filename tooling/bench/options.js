/** The command lines of the benchmarks. */
import { parseArgs } from 'node:util';

/** @typedef {{ type: 'boolean' | 'string', does: string }} Option */

/**
 * Reads the options of this process. `--help` prints them; an unknown option ends the process before anything is measured.
 *
 * @template {Record<string, Option>} T
 * @param {string} summary
 * @param {T} options
 * @returns {{ [Name in keyof T]: T[Name]['type'] extends 'boolean' ? boolean : string }} `false` and an empty text unless given.
 */
export function readOptions(summary, options) {
  /** @type {Record<string, Option>} */
  const described = { ...options, help: { type: 'boolean', does: 'this text' } };
  const lines = Object.entries(described).map(([name, { type, does }]) => {
    return `  ${`--${name}${type === 'string' ? ' <text>' : ''}`.padEnd(18)}${does}\n`;
  });
  const text = `${summary}\n\n${lines.join('')}`;
  const defaults = Object.fromEntries(
    Object.entries(options).map(([name, { type }]) => [name, type === 'string' ? '' : false]),
  );
  try {
    const { help, ...values } = parseArgs({ options: described }).values;
    if (help !== true) return /** @type {any} */ ({ ...defaults, ...values });
    process.stdout.write(text);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n\n${text}`);
    process.exit(2);
  }
}

/**
 * Returns the names that contain a text. When there are none, the process ends and says which there are.
 *
 * @param {readonly string[]} names
 * @param {string} text
 */
export function choose(names, text) {
  const chosen = names.filter((name) => name.includes(text));
  if (chosen.length > 0) return chosen;
  process.stderr.write(`No name contains '${text}'. There are:\n\n${names.map((name) => `  ${name}\n`).join('')}`);
  process.exit(2);
}
