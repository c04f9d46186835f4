/** What waits to be sent, in the order of arrival, apart for each context: one request holds items of one context only. */

/** One thing to be sent, such as an event. */
export interface LaneItem {
  /** Its part of a body. A character is counted as a byte. */
  readonly text: string;
  /** 0; written by the lane, where it increases in the order of arrival. */
  number: number;
}

/** See the file. */
export interface LaneQueue<Context, Item extends LaneItem> {
  add(context: Context, item: Item): void;
  /**
   * Takes items of the oldest context that may be sent, at least one; `undefined` when none may.
   *
   * @param maxItems As many at most; fewer when their texts are long.
   */
  take(
    sealedUpTo: number,
    maxItems: number,
  ): { readonly context: Context; readonly items: readonly Item[] } | undefined;
  /** Whether something may be sent: enough items of one context, or an item up to this number. */
  isDue(sealedUpTo: number): boolean;
  /** Whether an item up to this number is there. */
  holds(number: number): boolean;
  readonly count: number;
}

/** Of one request, about. */
const MAX_BATCH_CHARS = 524_288;

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

  function findDue(sealedUpTo: number): number {
    return groups.findIndex(({ items }) => items.length >= fullAt || isUpTo(items, sealedUpTo));
  }

  return {
    add(context, item) {
      count += 1;
      for (const group of groups) {
        if (!isSame(group.context, context)) continue;
        group.items.push(item);
        return;
      }
      groups.push({ context, items: [item] });
    },
    take(sealedUpTo, maxItems) {
      const index = findDue(sealedUpTo);
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
      return { context, items: items.slice(0, length) };
    },
    isDue: (sealedUpTo) => findDue(sealedUpTo) >= 0,
    holds: (number) => groups.some(({ items }) => isUpTo(items, number)),
    get count() {
      return count;
    },
  };
}

/** Whether the first of some items, which is the oldest, came no later than the one with this number. */
export function isUpTo([first]: readonly LaneItem[], number: number): boolean {
  return first !== undefined && first.number <= number;
}
