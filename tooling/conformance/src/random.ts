/**
 * Seeded randomness: the same seed gives the same datafiles, users and calls on every machine.
 */

/** A stream of random choices. */
export interface Random {
  /** Integer in `[0, limit)`. */
  below(limit: number): number;
  /** Integer in `[from, to]`. */
  between(from: number, to: number): number;
  /** True in that share of calls. */
  chance(share: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** A copy of some of the choices, each with the given share, in their order. */
  some<T>(choices: readonly T[], share: number): T[];
  shuffle<T>(items: readonly T[]): T[];
}

/** Creates the stream of a seed (unsigned 32-bit). The generator is mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (share) => next() < share,
    pick: (choices) => {
      if (choices.length === 0) throw new RangeError('pick needs at least one choice');
      return choices[below(choices.length)] as (typeof choices)[number];
    },
    some: (choices, share) => choices.filter(() => next() < share),
    shuffle: (items) => {
      const copy = [...items];
      for (let last = copy.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        [copy[last], copy[other]] = [copy[other] as (typeof copy)[number], copy[last] as (typeof copy)[number]];
      }
      return copy;
    },
  };
}

/** Derives the seed of one scenario from the seed of the run. */
export function scenarioSeed(runSeed: number, index: number): number {
  let mixed = (runSeed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b) >>> 0;
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
