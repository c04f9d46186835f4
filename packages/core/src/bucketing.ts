/**
 * Bucketing: from a user and an entity to one of 10,000 buckets, and from a bucket to its traffic range.
 *
 * Pure and synchronous. Hash, seed and bucket count are a wire contract shared with every other SDK that reads the same
 * datafile; changing any of them reassigns every user.
 *
 * @see https://docs.developers.optimizely.com/feature-experimentation/docs/how-bucketing-works
 */
import type { TrafficRange } from './project-config.ts';
import { finishHash, startHash, toHashKey } from './split-hash.ts';
import type { UserSnapshot } from './user.ts';

/** Traffic is divided into this many buckets; one bucket is 0.01 % of users. */
const BUCKET_COUNT = 10_000;

const HASH_SPACE = 2 ** 32;

/** Something whose traffic is split: a rule, a holdout or an exclusion group. */
export interface Split {
  readonly id: string;
  /** The id, if it can be hashed after the user's part; `null` when both have to be hashed as one text. */
  readonly hashKey: string | null;
}

/** Returns the bucket of a user for a split: the result of `computeBucket`, from prepared parts. */
export function bucketFor(user: UserSnapshot, { id, hashKey }: Split): number {
  if (hashKey === null) return bucketOf(finishHash(startHash(toHashKey(user.bucketingId + id)), ''));
  user.hashPrefix ??= startHash(toHashKey(user.bucketingId));
  return bucketOf(finishHash(user.hashPrefix, hashKey));
}

/**
 * The id of an entity is hashed separately when it is ASCII, as ids are. Otherwise a surrogate pair could be split
 * between both.
 */
export function toSplitKey(id: string): string | null {
  return toHashKey(id) === id ? id : null;
}

/** Returns the bucket of a hash. */
export function bucketOf(hash: number): number {
  return Math.floor((hash / HASH_SPACE) * BUCKET_COUNT);
}

/**
 * Returns the index of the range that contains a bucket, or the number of ranges when none does. Ranges are cumulative
 * and exclusive at the end, so the first one that ends after the bucket contains it.
 */
export function findRange(ends: readonly number[], bucket: number): number {
  let index = 0;
  while (index < ends.length && !(bucket < (ends[index] as number))) index += 1;
  return index;
}

/** Only the ends of the ranges: searching a list of numbers reads less memory than searching the ranges. */
export function endsOf(ranges: readonly TrafficRange[]): readonly number[] {
  return ranges.map(({ endOfRange }) => endOfRange);
}
