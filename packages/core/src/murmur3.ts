/**
 * The hash all bucketing rests on: MurmurHash3 x86 32-bit with seed 1 over UTF-8 bytes.
 *
 * What is hashed has one byte per character; a text that is not ASCII becomes a binary string of its UTF-8 bytes. Nothing
 * is normalised, and a lone surrogate counts as U+FFFD, as in the official SDKs.
 *
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
import { finishHash, startHash } from './split-hash.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant
const ASCII_ONLY = /^[\x00-\x7f]*$/;

/** Returns the unsigned 32-bit hash of a key. */
export function murmur3(key: string): number {
  return finishHash(startHash(toHashKey(key)), '');
}

/** Returns a text with one character per UTF-8 byte, so that what is hashed often is looked through only once. */
export function toHashKey(text: string): string {
  return ASCII_ONLY.test(text) ? text : toBinaryString(text);
}

/** One character per UTF-8 byte. */
function toBinaryString(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return binary;
}
