/**
 * Allocation: which buckets belong to which variation, when shares change.
 *
 * A user's bucket never changes, so a user keeps their variation exactly as long as its owner keeps their bucket. Cutting
 * the line anew for new shares would hand most buckets to another variation; here an owner keeps what it has, gives away
 * only what is above its new share, and what it gains is appended from buckets that belong to no variation.
 *
 * @see https://docs.developers.optimizely.com/feature-experimentation/docs/how-bucketing-works
 */
import { SdkError } from '@sortition/core/errors';
import { checkRecord } from './checked-record.ts';

/**
 * The entity has the buckets from the end of the previous range up to `endOfRange`, exclusive; `''` means no entity.
 */
export interface TrafficRange {
  readonly entityId: string;
  /** From 0 to 10,000. */
  readonly endOfRange: number;
}

/** Ranges for new shares, and the share of moved users. */
export interface Allocation {
  /** Ascending. Buckets of no variation have the entity id `''`; those above the last range belong to none either. */
  readonly ranges: readonly TrafficRange[];
  /** Percent of all traffic whose variation is another one, or none, afterwards; 0 when shares only grew. */
  readonly movedShare: number;
}

const BUCKETS = 10_000;
const BUCKETS_PER_PERCENT = BUCKETS / 100;
/** Tolerance for a sum of decimal percentages: far below half a bucket. */
const SUM_TOLERANCE = 1e-6;
const NO_ENTITY = '';

/**
 * Gives each entity its share of the traffic and moves as few users as possible.
 *
 * Shares that only grow move no user. A share that shrinks gives up its last buckets, and exactly these move.
 *
 * @param previous The ranges in effect; empty for a new rule. A bucket belongs to the first range that ends above it.
 * @param shares Entity id to percent of all traffic, 0 to 100 and together at most 100. Each is met to 0.01 %, which is
 *   one bucket. An entity of `previous` that is not named here loses its buckets.
 * @returns New ranges; `previous` stays as it is.
 * @throws SdkError `invalid-option` when a share is not a number from 0 to 100, when they are above 100 together, when an
 *   entity id is empty, or when a range is not a `{ entityId, endOfRange }` with a whole end from 0 to 10,000.
 *
 * @example
 * allocate([{ entityId: 'a', endOfRange: 1_000 }, { entityId: 'b', endOfRange: 2_000 }], { a: 25, b: 25 });
 * // { ranges: a to 1,000, b to 2,000, a to 3,500, b to 5,000; movedShare: 0 }
 */
export function allocate(previous: readonly TrafficRange[], shares: Readonly<Record<string, number>>): Allocation {
  if (!Array.isArray(previous))
    throw new SdkError('invalid-option', 'The previous ranges are not a list; expected [{ entityId, endOfRange }, …].');
  const targets = readTargets(checkRecord(shares, 'The shares', 'percent by entity id'));
  const before = readOwners(previous);
  const owners = [...before];
  const missing = new Map(targets);

  for (const [bucket, owner] of before.entries()) {
    if (owner === NO_ENTITY) continue;
    const left = missing.get(owner) ?? 0;
    if (left > 0) missing.set(owner, left - 1);
    else owners[bucket] = NO_ENTITY;
  }
  const moved = before.filter((owner, bucket) => owner !== owners[bucket]).length;

  // Buckets without a variation come first: it is better that a user leaves the experiment than gets a second
  // variation.
  const untouched = bucketsWhere((bucket) => before[bucket] === NO_ENTITY);
  const freed = bucketsWhere((bucket) => before[bucket] !== owners[bucket]);
  const free = [...untouched, ...freed].values();
  for (const [entityId, count] of missing) {
    for (let taken = 0; taken < count; taken += 1) owners[free.next().value as number] = entityId;
  }
  return { ranges: toRanges(owners), movedShare: moved / BUCKETS_PER_PERCENT };
}

/** Entity id to buckets. Together they are the rounded sum; the largest remainders are rounded up. */
function readTargets(shares: Readonly<Record<string, number>>): Map<string, number> {
  const entries = Object.entries(shares);
  for (const [entityId, share] of entries) {
    if (entityId === NO_ENTITY)
      throw new SdkError('invalid-option', 'An entity id is empty; name what gets the share.');
    if (!(typeof share === 'number' && share >= 0 && share <= 100)) {
      throw new SdkError('invalid-option', `The share of "${entityId}" is ${share}; expected percent from 0 to 100.`);
    }
  }
  const sum = entries.reduce((total, [, share]) => total + share, 0);
  if (sum > 100 + SUM_TOLERANCE) {
    throw new SdkError('invalid-option', `The shares are ${sum} % together; expected at most 100.`);
  }
  // 0.29 * 100 is 28.999999999999996: a value within the tolerance of a whole bucket is that bucket.
  const exact = entries.map(([entityId, share]) => {
    const buckets = Math.min(BUCKETS, share * BUCKETS_PER_PERCENT);
    const whole = Math.floor(buckets + SUM_TOLERANCE);
    return { entityId, whole, rest: buckets - whole };
  });
  let missing =
    Math.round(Math.min(100, sum) * BUCKETS_PER_PERCENT) - exact.reduce((total, { whole }) => total + whole, 0);
  const roundedUp = new Set<string>();
  for (const { entityId, rest } of [...exact].sort((a, b) => b.rest - a.rest)) {
    if (missing <= 0 || rest <= SUM_TOLERANCE) break;
    roundedUp.add(entityId);
    missing -= 1;
  }
  return new Map(exact.map(({ entityId, whole }) => [entityId, whole + (roundedUp.has(entityId) ? 1 : 0)]));
}

/** The owner of each bucket. */
function readOwners(ranges: readonly TrafficRange[]): string[] {
  const owners: string[] = new Array(BUCKETS).fill(NO_ENTITY);
  let start = 0;
  for (const range of ranges) {
    const { entityId, endOfRange } = range ?? {};
    if (typeof entityId !== 'string' || !Number.isInteger(endOfRange) || endOfRange < 0 || endOfRange > BUCKETS) {
      throw new SdkError(
        'invalid-option',
        `${JSON.stringify(range)} is not a traffic range; expected { entityId, endOfRange } with a whole end from 0 to ${BUCKETS}.`,
      );
    }
    owners.fill(entityId, start, Math.max(start, endOfRange));
    start = Math.max(start, endOfRange);
  }
  return owners;
}

function bucketsWhere(holds: (bucket: number) => boolean): number[] {
  return Array.from({ length: BUCKETS }, (_, bucket) => bucket).filter(holds);
}

function toRanges(owners: readonly string[]): readonly TrafficRange[] {
  const ranges: TrafficRange[] = [];
  for (const [bucket, entityId] of owners.entries()) {
    if (owners[bucket + 1] !== entityId) ranges.push({ entityId, endOfRange: bucket + 1 });
  }
  return ranges.at(-1)?.entityId === NO_ENTITY ? ranges.slice(0, -1) : ranges;
}
