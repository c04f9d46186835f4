/** A small seeded generator in [0, 1), so that every run simulates the same experiments. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A draw of the exponential distribution with mean 1: skewed, as revenue is. */
export function drawSkewed(random: () => number): number {
  return -Math.log(1 - random());
}
