/**
 * Traffic as shares: what a slider moves, and the ranges of buckets it becomes.
 *
 * Ranges keep the order in which variations first appear, and a share grows or shrinks in place: users change their
 * variation only where a border moves.
 */
import type { TrafficRange } from '../lab/wire-datafile.ts';

/** Traffic is cut in this many buckets. */
export const BUCKETS = 10_000;

/** One percent, in buckets. */
export const PERCENT = 100;

/** A variation's part of the traffic, in buckets. */
export interface Share {
  readonly variationId: string;
  readonly buckets: number;
}

/** Returns a share for each variation, in the order of the ranges; variations without a range come last, with 0. */
export function readShares(variationIds: readonly string[], traffic: readonly TrafficRange[]): readonly Share[] {
  const buckets = new Map<string, number>();
  let start = 0;
  for (const { entityId, endOfRange } of traffic) {
    const size = Math.max(0, endOfRange - start);
    start = Math.max(start, endOfRange);
    if (variationIds.includes(entityId)) buckets.set(entityId, (buckets.get(entityId) ?? 0) + size);
  }
  for (const id of variationIds) if (!buckets.has(id)) buckets.set(id, 0);
  return [...buckets].map(([variationId, size]) => ({ variationId, buckets: size }));
}

/** Returns the ranges of shares: one after the other from bucket 0, the rest of the line left to nobody. */
export function writeTraffic(shares: readonly Share[]): readonly TrafficRange[] {
  let end = 0;
  return shares.map(({ variationId, buckets }) => {
    end += buckets;
    return { entityId: variationId, endOfRange: end };
  });
}

export function totalOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { buckets }) => sum + buckets, 0);
}

/**
 * Gives one variation `buckets`. A lone variation takes them from nobody; otherwise the total stays and the others give or
 * take in proportion.
 */
export function moveShare(shares: readonly Share[], variationId: string, buckets: number): readonly Share[] {
  if (shares.length === 1) return shares.map((share) => ({ ...share, buckets: clamp(buckets, BUCKETS) }));
  const total = totalOf(shares);
  const moved = clamp(buckets, total);
  const others = shares.filter((share) => share.variationId !== variationId);
  const rest = apportion(
    total - moved,
    others.map((other) => other.buckets),
  );
  return shares.map((share) => {
    if (share.variationId === variationId) return { ...share, buckets: moved };
    return { ...share, buckets: rest[others.indexOf(share)] ?? 0 };
  });
}

/** Makes the shares add up to `total`, keeping their proportions. */
export function scaleShares(shares: readonly Share[], total: number): readonly Share[] {
  const scaled = apportion(
    clamp(total, BUCKETS),
    shares.map(({ buckets }) => buckets),
  );
  return shares.map((share, index) => ({ ...share, buckets: scaled[index] ?? 0 }));
}

/** Splits `total` by weight (evenly when there is none), in whole percents where it is one, by largest remainder. */
function apportion(total: number, weights: readonly number[]): readonly number[] {
  const unit = total % PERCENT === 0 ? PERCENT : 1;
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => (total / unit) * (sum === 0 ? 1 / weights.length : weight / sum));
  const parts = exact.map(Math.floor);
  let left = Math.round(total / unit) - parts.reduce((a, b) => a + b, 0);
  const byRemainder = exact.map((value, index) => ({ index, remainder: value - Math.floor(value) }));
  byRemainder.sort((a, b) => b.remainder - a.remainder);
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    left -= 1;
  }
  return parts.map((part) => part * unit);
}

function clamp(buckets: number, most: number): number {
  return Math.min(Math.max(Math.round(buckets), 0), most);
}
