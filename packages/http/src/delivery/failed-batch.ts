/**
 * Finding the item that is at fault: a batch that fails while others are accepted is halved, its halves are halved, and the
 * item that fails alone is given up after a number of attempts.
 */
import type { Whole } from './batch-size.ts';
import type { LaneBatch } from './lane-options.ts';
import type { LaneItem } from './lane-queue.ts';

/** A batch with what is known of it. */
export interface TriedBatch<Context, Item extends LaneItem> extends LaneBatch<Context, Item> {
  readonly failures: number;
  /** When it failed first, on the monotonic clock, and how many requests had been accepted by then. */
  readonly since: number;
  readonly acceptedBefore: number;
  /** Set aside until then. */
  readonly retryAt: number;
  readonly whole?: Whole | undefined;
}

/** An item that fails alone while others are accepted is given up after this many attempts, not before this time. */
const GIVE_UP_ATTEMPTS = 10;
const GIVE_UP_MS = 300_000;
/** Refusals (4xx) may pass: a wrong key, a login page. What is refused is kept for this long though nothing is accepted. */
const REFUSED_MS = 3_600_000;

/**
 * Whether a batch that failed again is given up.
 *
 * @param isAtFault Whether others were accepted since it failed first.
 */
export function isGivenUp(
  { failures, since, items }: TriedBatch<unknown, LaneItem>,
  now: number,
  isRefused: boolean,
  isAtFault: boolean,
): boolean {
  const ageMs = now - since;
  if (isRefused && ageMs >= REFUSED_MS) return true;
  return isAtFault && items.length === 1 && failures >= GIVE_UP_ATTEMPTS && ageMs >= GIVE_UP_MS;
}

/** Whether a batch of several that failed again is tried in halves; seldom while nothing else is accepted. */
export function isHalved({ failures, items }: TriedBatch<unknown, LaneItem>, isAtFault: boolean): boolean {
  return items.length > 1 && (isAtFault ? failures > 1 : failures % 3 === 0);
}

/** Two batches of what one holds. */
export function halve<Batch extends { readonly items: readonly unknown[] }>(batch: Batch): readonly Batch[] {
  const { items } = batch;
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)].map((part) => ({ ...batch, items: part }));
}
