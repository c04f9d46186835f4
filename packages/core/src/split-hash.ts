/**
 * The hash of `murmur3.ts` in two parts. A decision hashes the same user in front of one entity id after the other: what
 * the user's part comes to is kept, and the two texts are never joined, which costs more than hashing them.
 *
 * The hash library takes whole keys only, hence the same mixing once more. That both agree on every key is tested.
 *
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */

/** Part of the wire contract. */
export const SEED = 1;

/** What hashing has come to after the first part of a key. */
export interface HashPrefix {
  /** After the last whole block of four bytes. */
  readonly state: number;
  /** The bytes since then, little-endian. */
  readonly rest: number;
  /** Bytes so far. */
  readonly length: number;
}

const EMPTY: HashPrefix = { state: SEED, rest: 0, length: 0 };

/** Hashes the first part of a key. @param bytes One character per byte, as `toHashKey` returns it. */
export function startHash(bytes: string): HashPrefix {
  return absorb(EMPTY, bytes);
}

/** Returns the unsigned 32-bit hash of a key whose first part was hashed before. */
export function finishHash(prefix: HashPrefix, bytes: string): number {
  const { state, rest, length } = absorb(prefix, bytes);
  let hash = state ^ scramble(rest) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function absorb(prefix: HashPrefix, bytes: string): HashPrefix {
  let { state, rest } = prefix;
  let shift = (prefix.length & 3) << 3;
  for (let index = 0; index < bytes.length; index += 1) {
    rest |= bytes.charCodeAt(index) << shift;
    shift += 8;
    if (shift === 32) {
      state = (Math.imul(rotate(state ^ scramble(rest), 13), 5) + 0xe6546b64) | 0;
      rest = 0;
      shift = 0;
    }
  }
  return { state, rest, length: prefix.length + bytes.length };
}

function scramble(block: number): number {
  return Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
