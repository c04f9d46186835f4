/**
 * The waiting items, in order of arrival and separate for each context, because one request has items of one context
 * only. A request is due when there are enough items, or when fewer have waited long enough.
 */
import { monotonicNow } from '../clock.ts';

/** An item to be sent, such as an event. */
export interface LaneItem {
  /** Its part of a body. A character counts as a byte. */
  readonly text: string;
  /** Initially 0; set by the queue, increasing in order of arrival. */
  number: number;
}

/** The queue of a lane. */
export interface LaneQueue<Context, Item extends LaneItem> {
  add(context: Context, item: Item): void;
  /** Makes all waiting items due. Returns the number of the last item. */
  seal(): number;
  /**
   * Takes due items of the oldest context, at least one; `undefined` when none are due.
   *
   * @param maxItems Limit of items; fewer when their texts are long.
   */
  take(maxItems: number): { readonly context: Context; readonly items: readonly Item[] } | undefined;
  /** Whether items are due. */
  isDue(): boolean;
  /** Whether an item with this number or a lower one is in the queue. */
  holds(number: number): boolean;
  /** Removes items that were delivered or dropped, wherever they were. */
  forget(items: readonly Item[]): void;
  /** Number of waiting items. */
  readonly count: number;
  /** Number of items that are neither delivered nor dropped, including those that were taken. */
  readonly pending: number;
  /** Approximate bytes of the pending items. */
  readonly bytes: number;
  /** Arrival of the oldest item that waits for a full batch, on the monotonic clock; `Infinity` without one. */
  readonly openSince: number;
}

/** Approximate limit of one request. */
const MAX_BATCH_CHARS = 524_288;
/** A time that never comes. */
export const NEVER: number = Number.POSITIVE_INFINITY;

/**
 * Creates an empty queue.
 *
 * @param fullAt Number of items of one context that are sent at once.
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
      // The remaining items move behind the other contexts, so that each context gets its turn.
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

/** Returns whether the first of these items, which is the oldest, arrived no later than the item with this number. */
export function isUpTo([first]: readonly LaneItem[], number: number): boolean {
  return first !== undefined && first.number <= number;
}
