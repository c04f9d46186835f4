/**
 * How many items a request takes: twice as many after each full one that is accepted, or what waits if that is more, half as many after each that fails, and
 * no more than the destination turned out to take.
 */
import { monotonicNow } from '../clock.ts';

/** What a batch is a half of: how large it was, and how many of its halves were accepted. */
export interface Whole {
  readonly size: number;
  accepted: number;
}

/** See the file. */
export interface BatchSize {
  /** Most items for the next request. */
  most(): number;
  /**
   * @param wasDown Whether an outage ends with it.
   * @param wanted So many per request would take all that waits at once.
   */
  accepted(items: number, whole: Whole | undefined, wasDown: boolean, wanted: number): void;
  failed(wasDown: boolean, isDown: boolean): void;
}

/** A request takes at most this many times the usual number of items. */
const GROWTH = 100;
/** How long it is remembered that the destination takes no larger requests. */
const CEILING_MS = 600_000;

/** Starts with `usual` items per request; fewer are sent only in an outage. */
export function createBatchSize(usual: number): BatchSize {
  const top = usual * GROWTH;
  let size = usual;
  let ceiling = top;
  let ceilingUntil = 0;
  /** Items in the largest request that was accepted since the destination failed last. */
  let largest = 0;
  return {
    most: () => Math.min(size, ceiling),
    accepted(items, whole, wasDown, wanted) {
      const now = monotonicNow();
      largest = Math.max(largest, items);
      if (whole && ++whole.accepted === 2 && whole.size > largest) {
        // Both halves of what was refused are accepted, and nothing as large ever was: it was too large.
        ceiling = Math.ceil(whole.size / 2);
        ceilingUntil = now + CEILING_MS;
      } else if (ceilingUntil < now) ceiling = top;
      // In ten rounds of growing requests the queue would be full before the last one.
      if (items >= size && !whole) size = Math.min(Math.max(size * 2, wanted), top);
      if (wasDown) size = Math.max(size, usual);
    },
    failed(wasDown, isDown) {
      size = Math.max(wasDown ? 1 : usual, Math.floor(size / 2));
      if (!isDown) return;
      size = Math.min(size, usual);
      largest = 0;
    },
  };
}
