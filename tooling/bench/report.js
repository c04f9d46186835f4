/** Prints the measures of one kept user as a table. */
import { startTable } from './table.js';

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {number} ratio
 * @property {number} target
 * @property {'higher' | 'lower'} better
 * @property {number} ours
 * @property {number} theirs
 * @property {'ns' | 'B'} unit
 */

/** @param {readonly Result[]} results @param {boolean} [take] Whether the README gets the table. */
export function printResults(results, take) {
  const table = startTable(['measure', 'ratio', 'target', 'verdict', 'ours', 'compared with']);
  for (const { name, ratio, target, better, ours, theirs, unit } of results) {
    const reached = better === 'higher' ? ratio >= target : ratio <= target;
    const sign = better === 'higher' ? '>=' : '<=';
    table.add([
      name,
      `${ratio.toFixed(2)} x`,
      `${sign} ${target} x`,
      reached ? 'ok' : 'MISSED',
      amount(ours, unit),
      amount(theirs, unit),
    ]);
  }
  if (take) table.take({ isPart: false });
  console.log(
    '\nRatios are medians over interleaved rounds in one process; the amounts are only there to give an idea.',
  );
}

/**
 * @param {number} value
 * @param {'ns' | 'B'} unit
 */
function amount(value, unit) {
  if (unit === 'B') return value < 1e4 ? `${Math.round(value)} B` : `${(value / 1e6).toFixed(2)} MB`;
  if (value < 1e4) return `${Math.round(value)} ns`;
  return value < 1e6 ? `${(value / 1e3).toFixed(1)} us` : `${(value / 1e6).toFixed(2)} ms`;
}
