/**
 * Contestants in turns: in every round each makes the same operations, and the processor time of one is divided by that of
 * the first in the same round. Turns of the event loop are part of what is measured: promises and timers are work too.
 */
import { median } from './compare.js';

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {(index: number) => unknown} run One operation; may answer a promise.
 */

/** @typedef {{ name: string, cost: number, low: number, high: number, us: number }} Share Cost relative to the first; quartiles. */

/** Operations before the event loop turns. */
const BURST = 25;

/**
 * @param {readonly Contestant[]} contestants The first is what the others are compared with.
 * @param {{ rounds: number, operations: number, warmUp?: number }} options
 * @returns {Promise<Share[]>}
 */
export async function interleave(contestants, { rounds, operations, warmUp = 4 }) {
  const times = contestants.map(() => /** @type {number[]} */ ([]));
  let next = 0;
  for (let round = 0; round < rounds + warmUp; round += 1) {
    const order = contestants.map((_, index) => index);
    if (round % 2 === 1) order.reverse();
    const first = next;
    for (const index of order) {
      next = first;
      const start = process.cpuUsage();
      const { run } = /** @type {Contestant} */ (contestants[index]);
      for (let done = 0; done < operations; ) {
        for (let burst = 0; burst < BURST && done < operations; burst += 1, done += 1, next += 1) {
          const answer = run(next);
          if (answer instanceof Promise) await answer;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      const { user, system } = process.cpuUsage(start);
      if (round >= warmUp) times[index]?.push((user + system) / operations);
    }
  }
  const base = times[0] ?? [];
  return contestants.map(({ name }, index) => {
    const own = times[index] ?? [];
    const ratios = own.map((time, round) => time / (base[round] ?? Number.NaN)).sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => ratios[Math.floor((ratios.length - 1) * share)] ?? Number.NaN;
    return { name, cost: median(ratios), low: at(0.25), high: at(0.75), us: median(own) };
  });
}
