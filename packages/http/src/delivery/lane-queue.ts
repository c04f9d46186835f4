/**
 * What waits to be sent, in the order of arrival, apart for each context, because one request holds items of one context only;
 * and when there is enough for a request: so many items, or fewer that have waited long enough.
 */
import { monotonicNow } from '../clock.ts';

/** One thing to be sent, such as an event. */
export interface LaneItem {
  /** Its part of a body. A character is counted as a byte. */
  readonly text: string;
  /** 0; written by the queue, where it increases in the order of arrival. */
  number: number;
}

/** See the file. */
export interface LaneQueue<Context, Item extends LaneItem> {
  add(context: Context, item: Item): void;
  /** Waits no longer for company of what is there. Returns the number of the item that came last. */
  seal(): number;
  /**
   * Takes items of the oldest context that may be sent, at least one; `undefined` when none may.
   *
   * @param maxItems As many at most; fewer when their texts are long.
   */
  take(maxItems: number): { readonly context: Context; readonly items: readonly Item[] } | undefined;
  /** Whether something may be sent. */
  isDue(): boolean;
  /** Whether an item up to this number is there. */
  holds(number: number): boolean;
  /** Items that are settled, wherever they were. */
  forget(items: readonly Item[]): void;
  /** Items that wait. */
  readonly count: number;
  /** Items that are not settled, those that were taken included. */
  readonly pending: number;
  /** About how many bytes those take. */
  readonly bytes: number;
  /** When the oldest item that still waits for company came, on the monotonic clock; endless without one. */
  readonly openSince: number;
}

/** Of one request, about. */
const MAX_BATCH_CHARS = 524_288;
/** A moment that does not come. */
export const NEVER: number = Number.POSITIVE_INFINITY;

/**
 * Creates an empty queue.
 *
 * @param fullAt So many items of one context may go at once.
 */
export function createLaneQueue<Context, Item extends LaneItem>(
  fullAt: number,
  isSame: (one: Context, other: Context) => boolean,
): LaneQueue<Context, Item> {
  const groups: { readonly context: Context; items: Item[] }[] = [];
  let count = 0;
  let pending = 0;
  let bytes = 0;
  let lastNumber = 0;
  let sealedUpTo = 0;
  let openSince = NEVER;

  function findDue(): number {
    return groups.findIndex(({ items }) => items.length >= fullAt || isUpTo(items, sealedUpTo));
  }

  return {
    add(context, item) {
      count += 1;
      pending += 1;
      bytes += item.text.length;
      item.number = ++lastNumber;
      if (openSince === NEVER) openSince = monotonicNow();
      for (const group of groups) {
        if (!isSame(group.context, context)) continue;
        group.items.push(item);
        return;
      }
      groups.push({ context, items: [item] });
    },
    seal() {
      openSince = NEVER;
      sealedUpTo = lastNumber;
      return lastNumber;
    },
    take(maxItems) {
      const index = findDue();
      const group = groups[index];
      if (!group) return undefined;
      const { context, items } = group;
      let chars = 0;
      let length = 0;
      for (const { text } of items) {
        chars += text.length;
        if (length === maxItems || (length > 0 && chars > MAX_BATCH_CHARS)) break;
        length += 1;
      }
      // What is left moves behind the other contexts, so that each gets its turn.
      groups.splice(index, 1);
      if (length < items.length) groups.push({ context, items: items.slice(length) });
      count -= length;
      if (count === 0) openSince = NEVER;
      return { context, items: items.slice(0, length) };
    },
    isDue: () => findDue() >= 0,
    holds: (number) => groups.some(({ items }) => isUpTo(items, number)),
    forget(items) {
      pending -= items.length;
      for (const { text } of items) bytes -= text.length;
    },
    get pending() {
      return pending;
    },
    get bytes() {
      return bytes;
    },
    get count() {
      return count;
    },
    get openSince() {
      return openSince;
    },
  };
}

/** Whether the first of some items, which is the oldest, came no later than the one with this number. */
export function isUpTo([first]: readonly LaneItem[], number: number): boolean {
  return first !== undefined && first.number <= number;
}
