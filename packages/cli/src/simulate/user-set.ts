/** Sets of users as bits, so that two of them are compared 32 users at a time. */

/** Users by their number. */
export interface UserSet {
  add(user: number): void;
  /** How many users are in both. */
  countShared(other: UserSet): number;
  readonly bits: Uint32Array;
}

/** Creates a set of at most `size` users, without any. */
export function createUserSet(size: number): UserSet {
  const bits = new Uint32Array(Math.ceil(size / 32));
  return {
    bits,
    add(user) {
      bits[user >>> 5] = (bits[user >>> 5] as number) | (1 << (user & 31));
    },
    countShared(other) {
      let shared = 0;
      for (let index = 0; index < bits.length; index += 1) {
        shared += countBits((bits[index] as number) & (other.bits[index] as number));
      }
      return shared;
    },
  };
}

/** Adds up neighbouring bits, then pairs, nibbles and bytes. @see https://en.wikipedia.org/wiki/Hamming_weight */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
