/**
 * Bucketing: from a user and an entity to one of 10,000 buckets, and from a bucket to the range it lies in.
 *
 * Pure and synchronous. Hash, seed and bucket count are a wire contract shared with every other SDK that reads the same
 * datafile; changing any of them reassigns every user.
 *
 * @see https://docs.developers.optimizely.com/feature-experimentation/docs/how-bucketing-works
 */
import type { TrafficRange } from './project-config.ts';
import { finishHash, startHash, toHashKey } from './split-hash.ts';
import type { UserSnapshot } from './user.ts';

/** Traffic is cut in this many buckets; one bucket is 0.01 % of users. */
const BUCKET_COUNT = 10_000;

const HASH_SPACE = 2 ** 32;

/** Something whose traffic is split: a rule, a holdout or an exclusion group. */
export interface Split {
  readonly id: string;
  /** The id where it can be hashed after the user's part; `null` when both have to be hashed as one text. */
  readonly hashKey: string | null;
}

/** Returns the bucket of a user for a split: that of `computeBucket`, with the user's part and the id prepared. */
export function bucketFor(user: UserSnapshot, { id, hashKey }: Split): number {
  if (hashKey === null) return bucketOf(finishHash(startHash(toHashKey(user.bucketingId + id)), ''));
  user.hashPrefix ??= startHash(toHashKey(user.bucketingId));
  return bucketOf(finishHash(user.hashPrefix, hashKey));
}

/** The id of an entity is hashed on its own when it is ASCII, as ids are: the user's may end with half of a surrogate pair. */
export function toSplitKey(id: string): string | null {
  return toHashKey(id) === id ? id : null;
}

/** Returns the bucket of a hash. */
export function bucketOf(hash: number): number {
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

/** The ends of the ranges alone: a search in one list of numbers reads less memory than one in the ranges. */
export function endsOf(ranges: readonly TrafficRange[]): readonly number[] {
  return ranges.map(({ endOfRange }) => endOfRange);
}
