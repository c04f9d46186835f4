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
 * Returns the index of the range a bucket lies in, the number of ranges past the last: ranges are cumulative and exclusive
 * at the end, so the first one past the bucket wins.
 */
export function findRange(ends: readonly number[], bucket: number): number {
  let index = 0;
  while (index < ends.length && !(bucket < (ends[index] as number))) index += 1;
  return index;
}

/** The ends of the ranges alone: a list of numbers is at hand where the ranges themselves are spread over the memory. */
export function endsOf(ranges: readonly TrafficRange[]): readonly number[] {
  return ranges.map(({ endOfRange }) => endOfRange);
}
