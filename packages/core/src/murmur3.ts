/// <reference path="./murmurhash-js.d.ts" />
/**
 * The hash all bucketing rests on: MurmurHash3 x86 32-bit with seed 1 over UTF-8 bytes.
 *
 * The hash library takes one byte per character, which is right for ASCII only; anything else is handed over as a binary
 * string of its UTF-8 bytes. Nothing is normalised, and a lone surrogate counts as U+FFFD, as in the official SDKs.
 *
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
import hashBytes from 'murmurhash-js/murmurhash3_gc.js';
import { SEED } from './split-hash.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant
const ASCII_ONLY = /^[\x00-\x7f]*$/;

/** Returns the unsigned 32-bit hash of a key. */
export function murmur3(key: string): number {
  return hashBytes(toHashKey(key), SEED);
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
