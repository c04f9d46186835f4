/** Contestants in turns in one process: for two sizes of our own, which share everything but their data. */
import { timeTurn, toShares } from './turns.js';

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {(index: number) => unknown} run One operation.
 */

/**
 * @param {readonly Contestant[]} contestants The first is what the others are compared with.
 * @param {{ rounds: number, operations: number, warmUp?: number }} options
 * @returns {Promise<import('./turns.js').Share[]>}
 */
export async function interleave(contestants, { rounds, operations, warmUp = 4 }) {
  const times = contestants.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < rounds + warmUp; round += 1) {
    const order = [...contestants.entries()];
    if (round % 2 === 1) order.reverse();
    for (const [index, contestant] of order) {
      const us = await timeTurn(contestant, { first: round * operations, operations });
      if (round >= warmUp) times[index]?.push(us);
    }
  }
  return toShares(
    contestants.map(({ name }) => name),
    times,
  );
}
