/**
 * The number of items per request: doubled after each full request that is accepted, or raised to the number of waiting
 * items if that is more; halved after each failure; and limited to what the destination accepted.
 */
import { monotonicNow } from '../clock.ts';

/** The batch that was halved: its size, and how many of its halves were accepted. */
export interface Whole {
  readonly size: number;
  accepted: number;
}

/** The number of items per request. */
export interface BatchSize {
  /** Limit of items for the next request. */
  most(): number;
  /**
   * @param wasDown Whether this request ends an outage.
   * @param wanted The number per request that would send all waiting items at once.
   */
  accepted(items: number, whole: Whole | undefined, wasDown: boolean, wanted: number): void;
  failed(wasDown: boolean, isDown: boolean): void;
}

/** A request takes at most this many times the usual number of items. */
const GROWTH = 100;
/** How long the limit of the destination is remembered. */
const CEILING_MS = 600_000;

/** Starts with `usual` items per request; smaller requests are made only in an outage. */
export function createBatchSize(usual: number): BatchSize {
  const top = usual * GROWTH;
  let size = usual;
  let ceiling = top;
  let ceilingUntil = 0;
  /** Number of items in the largest request that was accepted since the last failure of the destination. */
  let largest = 0;
  return {
    most: () => Math.min(size, ceiling),
    accepted(items, whole, wasDown, wanted) {
      const now = monotonicNow();
      largest = Math.max(largest, items);
      if (whole && ++whole.accepted === 2 && whole.size > largest) {
        // Both halves of a refused batch were accepted, and no batch of its size ever was, so it was too large.
        ceiling = Math.ceil(whole.size / 2);
        ceilingUntil = now + CEILING_MS;
      } else if (ceilingUntil < now) ceiling = top;
      // Growing in ten steps would be too slow: the queue would be full before the last one.
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
