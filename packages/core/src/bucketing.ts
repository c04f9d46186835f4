/**
 * Bucketing: turns a bucketing id and an entity id into one of 10,000 buckets, and a bucket into the owner of its range.
 *
 * Pure and synchronous. Hash, seed and bucket count are a wire contract shared with every other SDK that reads the same
 * datafile; changing any of them reassigns every user.
 *
 * @see https://docs.developers.optimizely.com/feature-experimentation/docs/how-bucketing-works
 */
import { murmur3, toHashKey } from './murmur3.ts';
import type { TrafficRange } from './project-config.ts';
import { finishHash, startHash } from './split-hash.ts';
import type { UserSnapshot } from './user.ts';

/** Traffic is cut in this many buckets; one bucket is 0.01 % of users. */
const BUCKET_COUNT = 10_000;

const HASH_SPACE = 2 ** 32;

const LOW_SURROGATE = /^[\udc00-\udfff]/;

/**
 * Returns the bucket, an integer in `[0, BUCKET_COUNT)`, of a user for one entity.
 *
 * @param bucketingId The user id, or the value of the attribute `$opt_bucketing_id`.
 * @param parentId Id of the rule, holdout or exclusion group whose traffic is split.
 */
export function computeBucket(bucketingId: string, parentId: string): number {
  return bucketOf(murmur3(bucketingId + parentId));
}

/** Something whose traffic is split: a rule, a holdout or an exclusion group. */
export interface Split {
  readonly id: string;
  /** What is hashed behind the user's part; `null` where the id has to be hashed with it. */
  readonly hashKey: string | null;
}

/** Returns the bucket of a user for a split; the same as `computeBucket`, prepared on both sides. */
export function bucketFor(user: UserSnapshot, { id, hashKey }: Split): number {
  if (hashKey === null) return computeBucket(user.bucketingId, id);
  user.hashPrefix ??= startHash(toHashKey(user.bucketingId));
  return bucketOf(finishHash(user.hashPrefix, hashKey));
}

/**
 * Prepares the split of an entity. An id that starts with the second half of a surrogate pair cannot be prepared: the
 * user's id may end with the first.
 */
export function createSplit(id: string): Split {
  return { id, hashKey: LOW_SURROGATE.test(id) ? null : toHashKey(id) };
}

function bucketOf(hash: number): number {
  return Math.floor((hash / HASH_SPACE) * BUCKET_COUNT);
}

/**
 * Finds the owner of a bucket: ranges are cumulative and exclusive at the end, so the first one past the bucket wins.
 *
 * @returns An entity id, `''` for a range that is empty on purpose, or `undefined` past the last range.
 */
export function findEntity(ranges: readonly TrafficRange[], bucket: number): string | undefined {
  for (const range of ranges) if (bucket < range.endOfRange) return range.entityId;
  return undefined;
}

/** The same over the ends of the ranges alone: returns the index of the range, or -1 past the last. */
export function findRange(ends: readonly number[], bucket: number): number {
  for (let index = 0; index < ends.length; index += 1) if (bucket < (ends[index] as number)) return index;
  return -1;
}
