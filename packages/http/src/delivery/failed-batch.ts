/**
 * Finding the item that is at fault: a batch that fails while others are accepted is set aside, halved when it fails
 * again, its halves are halved, and an item that fails alone is dropped after a number of attempts.
 */
import { monotonicNow } from '../clock.ts';
import { backoffMs } from '../retry.ts';
import type { Whole } from './batch-size.ts';
import type { LaneBatch, LaneDrop } from './lane-options.ts';
import type { LaneItem } from './lane-queue.ts';
import { BACKOFF } from './outage.ts';

/** A batch with its history. */
export interface TriedBatch<Context, Item extends LaneItem> extends LaneBatch<Context, Item> {
  readonly failures: number;
  /** Time of its first failure, on the monotonic clock. */
  readonly since?: number;
  /** Number of requests that had been accepted before it was first sent. */
  readonly acceptedBefore?: number;
  /** Set aside until this time. */
  retryAt: number;
  readonly whole?: Whole | undefined;
}

/** A batch that failed. */
type FailedBatch<Batch extends TriedBatch<unknown, LaneItem>> = Batch & {
  readonly since: number;
  readonly acceptedBefore: number;
};

/** An item that fails alone while others are accepted is dropped after this many attempts, and not before this time. */
const GIVE_UP_ATTEMPTS = 10;
const GIVE_UP_MS = 300_000;
/**
 * Refusals (4xx) may be temporary, such as a wrong key or a login page. Refused items are kept for this long even if
 * nothing is accepted.
 */
const REFUSED_MS = 3_600_000;

/**
 * Returns the batch after one more failure.
 *
 * @param accepted Number of requests that had been accepted before it was sent.
 * @param asked The wait that the destination requested, in ms.
 */
export function noteAttempt<Batch extends TriedBatch<unknown, LaneItem>>(
  batch: Batch,
  accepted: number,
  asked: number | null,
): FailedBatch<Batch> {
  const now = monotonicNow();
  const failures = batch.failures + 1;
  return {
    ...batch,
    isNew: false,
    failures,
    since: batch.since ?? now,
    acceptedBefore: batch.acceptedBefore ?? accepted,
    retryAt: now + backoffMs(BACKOFF, failures, asked),
  };
}

/**
 * Sets a failed batch aside, whole or in halves. Returns the reason if it is dropped instead.
 *
 * @param isAtFault Whether other batches were accepted since its first failure. While nothing is accepted it is rarely
 * halved.
 */
export function setAside<Batch extends TriedBatch<unknown, LaneItem>>(
  aside: Batch[],
  batch: FailedBatch<Batch>,
  isRefused: boolean,
  isAtFault: boolean,
): LaneDrop | undefined {
  const { failures, since, items } = batch;
  const ageMs = monotonicNow() - since;
  if (isRefused && ageMs >= REFUSED_MS) return 'refused';
  if (items.length === 1) {
    if (isAtFault && failures >= GIVE_UP_ATTEMPTS && ageMs >= GIVE_UP_MS) return 'refused';
  } else if (isAtFault ? failures > 1 : failures % 3 === 0) return setHalvesAside(aside, batch);
  aside.push(batch);
  return undefined;
}

/** Sets a batch aside in halves, which are sent next. Returns `too-large` when it is a single item. */
export function setHalvesAside<Batch extends TriedBatch<unknown, LaneItem>>(
  aside: Batch[],
  batch: Batch,
): LaneDrop | undefined {
  const { items, failures } = batch;
  if (items.length === 1) return 'too-large';
  const whole = { size: items.length, accepted: 0 };
  aside.unshift(...halve({ ...batch, isNew: false, failures: Math.min(failures, 1), retryAt: 0, whole }));
  return undefined;
}

/** Takes the first batch that is due at `moment`. */
export function takeAside<Batch extends TriedBatch<unknown, LaneItem>>(
  aside: Batch[],
  moment: number,
): Batch | undefined {
  const index = aside.findIndex(({ retryAt }) => retryAt <= moment);
  return index < 0 ? undefined : aside.splice(index, 1)[0];
}

/** Returns the two halves of a batch. */
export function halve<Batch extends { readonly items: readonly unknown[] }>(batch: Batch): readonly Batch[] {
  const { items } = batch;
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)].map((part) => ({ ...batch, items: part }));
}
