/**
 * Contestants in turns, each in a process of its own: what one leaves in the heap, or teaches the compiler, is not paid for
 * by another. In every round each makes the same operations, and its processor time is divided by that of the first in the
 * same round: absolute times drift with the machine, and what contestants need within the same second does not.
 */
import { fork } from 'node:child_process';
import { median } from './compare.js';

/**
 * @typedef {object} Contestant
 * @property {(index: number) => unknown} run One operation; may answer a promise.
 * @property {() => Promise<string[]>} [answers] What it decides for the same users as the others.
 * @property {() => unknown} [check] Run after the last round; throws when what was to be done was not.
 */

/** @typedef {{ name: string, cost: number, low: number, high: number, us: number }} Share Cost relative to the first; quartiles. */

/** Operations before the event loop turns. */
const BURST = 25;
const WARM_UP = 4;

/**
 * @typedef {object} Turns
 * @property {URL} script Calls `serveTurns`; gets `options` as JSON and the name of its contestant as arguments.
 * @property {object} options
 * @property {readonly string[]} names The first is what the others are compared with.
 * @property {number} rounds
 * @property {number} operations Per round.
 * @property {(answers: Record<string, string[]>) => void} [compareAnswers] Throws when the contestants do not do the same.
 */

/** @param {Turns} turns @returns {Promise<Share[]>} */
export async function takeTurns({ script, options, names, rounds, operations, compareAnswers }) {
  const children = names.map((name) =>
    fork(script, [JSON.stringify(options), name], { execArgv: ['--max-semi-space-size=32'] }).setMaxListeners(0),
  );
  /** @type {(index: number, message: unknown) => Promise<any>} */
  const ask = (index, message) =>
    new Promise((resolve, reject) => {
      const child = children[index];
      child?.once('message', resolve);
      child?.once('exit', (code) => reject(new Error(`the process of ${names[index]} ended with code ${code}`)));
      if (message) child?.send(/** @type {object} */ (message));
    });
  try {
    const ready = await Promise.all(names.map((_, index) => ask(index, undefined)));
    compareAnswers?.(Object.fromEntries(ready.map(({ answers }, index) => [names[index], answers])));
    const times = names.map(() => /** @type {number[]} */ ([]));
    for (let round = 0; round < rounds + WARM_UP; round += 1) {
      for (const index of shuffle(names.map((_, each) => each))) {
        const { us } = await ask(index, { first: round * operations, operations });
        if (round >= WARM_UP) times[index]?.push(us);
      }
    }
    for (const index of names.keys()) await ask(index, { end: true });
    return toShares(names, times);
  } finally {
    for (const child of children) child.kill();
  }
}

/**
 * To start after another contestant costs the caches of the processor: with an order that is turned round, the first and the last
 * would run twice in a row and seem up to a fifth cheaper.
 *
 * @param {readonly number[]} indices
 */
function shuffle(indices) {
  const placed = indices.map((index) => ({ index, place: Math.random() }));
  return placed.sort((a, b) => a.place - b.place).map(({ index }) => index);
}

/** @param {readonly string[]} names @param {readonly number[][]} times By contestant and round. @returns {Share[]} */
export function toShares(names, times) {
  const base = times[0] ?? [];
  return names.map((name, index) => {
    const own = times[index] ?? [];
    const ratios = own.map((time, round) => time / (base[round] ?? Number.NaN)).sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => ratios[Math.floor((ratios.length - 1) * share)] ?? Number.NaN;
    return { name, cost: median(ratios), low: at(0.25), high: at(0.75), us: median(own) };
  });
}

/**
 * Run in the process of a contestant, until the parent ends it.
 *
 * @param {Contestant} contestant
 */
export async function serveTurns(contestant) {
  process.on('message', async (/** @type {{ first: number, operations: number, end?: boolean }} */ message) => {
    if (message.end) await contestant.check?.();
    process.send?.(message.end ? {} : { us: await timeTurn(contestant, message) });
  });
  process.send?.({ answers: await contestant.answers?.() });
}

/**
 * Turns of the event loop are part of what is measured: promises and timers are work too.
 *
 * @param {Contestant} contestant
 * @param {{ first: number, operations: number }} turn
 * @returns {Promise<number>} Microseconds of processor time per operation, garbage collection included.
 */
export async function timeTurn({ run }, { first, operations }) {
  const start = process.cpuUsage();
  for (let done = 0; done < operations; ) {
    const answers = [];
    for (let burst = 0; burst < BURST && done < operations; burst += 1, done += 1) {
      const answer = run(first + done);
      if (answer !== undefined) answers.push(answer);
    }
    await Promise.all(answers);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / operations;
}
