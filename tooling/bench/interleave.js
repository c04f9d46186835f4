/** Contestants in turns in one process: for two sizes of our own, which share everything but their data. */
import { timeTurn, toShares } from './turns.js';

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {(index: number) => unknown} run One operation.
 */

/** Of each contestant before the first round, in microseconds of processor time: the compiler has settled by then. */
const WARM_UP_US = 1_000_000;
/** Of the first contestant in a round: several collections of garbage fall into it, so that no turn is without its share. */
const TURN_US = 150_000;

/**
 * @param {readonly [Contestant, ...Contestant[]]} contestants The first is what the others are compared with.
 * @param {{ rounds: number, least: number }} options The least operations of each before the first round, so that nothing
 *   is done for the first time in it.
 * @returns {Promise<import('./turns.js').Share[]>}
 */
export async function interleave(contestants, { rounds, least }) {
  const us = [];
  for (const contestant of contestants) us.push(await warmUp(contestant, least));
  const operations = Math.ceil(TURN_US / Number(us[0]));
  const times = contestants.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < rounds; round += 1) {
    const order = [...contestants.entries()];
    if (round % 2 === 1) order.reverse();
    for (const [index, contestant] of order)
      times[index]?.push(await timeTurn(contestant, { first: round * operations, operations }));
  }
  return toShares(
    contestants.map(({ name }) => name),
    times,
  );
}

/**
 * Returns what an operation costs in the end, in microseconds.
 *
 * @param {Contestant} contestant
 * @param {number} operations
 */
async function warmUp(contestant, operations) {
  for (let spent = 0; ; ) {
    const us = await timeTurn(contestant, { first: 0, operations });
    spent += us * operations;
    if (spent >= WARM_UP_US) return us;
  }
}
