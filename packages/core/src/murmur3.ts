/// <reference path="./murmurhash-js.d.ts" />
/**
 * The hash and the bucket of any text, as the hash library computes them. Decisions use the hash of `split-hash.ts`;
 * tests check that both give the same result.
 *
 * The library reads one byte per character, so texts that are not ASCII are passed as a binary string of their UTF-8
 * bytes.
 *
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
import hashBytes from 'murmurhash-js/murmurhash3_gc.js';
import { bucketOf } from './bucketing.ts';
import { SEED, toHashKey } from './split-hash.ts';

/** Returns the unsigned 32-bit hash of a key: MurmurHash3 x86 32-bit with seed 1 over its UTF-8 bytes. */
export function murmur3(key: string): number {
  return hashBytes(toHashKey(key), SEED);
}

/**
 * Returns the bucket, an integer in `[0, 10_000)`, of a user for one entity.
 *
 * @param bucketingId The user id, or the value of the attribute `$opt_bucketing_id`.
 * @param parentId Id of the rule, holdout or exclusion group whose traffic is split.
 */
export function computeBucket(bucketingId: string, parentId: string): number {
  return bucketOf(murmur3(bucketingId + parentId));
}
