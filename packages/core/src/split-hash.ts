/**
 * The hash that bucketing uses, computed in two parts: MurmurHash3 x86 32-bit with seed 1 over UTF-8 bytes.
 *
 * A decision hashes the same user id followed by different entity ids. So the state after the user's part is kept, and
 * the two texts are never joined, which would cost more than hashing them. The library behind `murmur3` hashes whole
 * keys only; tests check that both give the same result for every key.
 *
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */

/** Part of the wire contract. */
export const SEED = 1;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant
const NOT_ASCII = /[^\x00-\x7f]/;
const LONE_SURROGATE = /[\ud800-\udfff]/gu;
const ESCAPED_BYTE = /%(..)/g;

/**
 * Returns a text with one character per UTF-8 byte, so that a text that is hashed often is encoded only once. Without
 * `TextEncoder`, which some runtimes do not have; nothing is normalised. A lone surrogate counts as U+FFFD.
 */
export function toHashKey(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  const escaped = encodeURIComponent(text.replace(LONE_SURROGATE, '\ufffd'));
  return escaped.replace(ESCAPED_BYTE, (_, byte) => String.fromCharCode(Number.parseInt(byte, 16)));
}

/** The state of the hash after the first part of a key. */
export interface HashPrefix {
  /** After the last whole block of four bytes. */
  readonly state: number;
  /** The bytes after that block, little-endian. */
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

/** Returns the hash of a whole text, as `murmur3` does, but without the library: for keys of caches. */
export function hashText(text: string): number {
  return finishHash(startHash(toHashKey(text)), '');
}

function absorb(prefix: HashPrefix, bytes: string): HashPrefix {
  const { length } = bytes;
  let { state, rest } = prefix;
  let shift = (prefix.length & 3) << 3;
  for (let index = 0; index < length; index += 1) {
    // Engines keep strings in several internal forms, and V8 looks `bytes.charCodeAt` up for each character once this line has
    // met more than four of them. The method of a constant text it looks up once. That of a module variable it does not when
    // a bundler has made the variable a `var`.
    rest |= ''.charCodeAt.call(bytes, index) << shift;
    shift += 8;
    if (shift === 32) {
      state = (Math.imul(rotate(state ^ scramble(rest), 13), 5) + 0xe6546b64) | 0;
      rest = 0;
      shift = 0;
    }
  }
  return { state, rest, length: prefix.length + length };
}

function scramble(block: number): number {
  return Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
