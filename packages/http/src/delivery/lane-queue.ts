/** What waits to be sent, in the order of arrival, apart for each context: one request holds items of one context only. */

/** One thing to be sent, such as an event. */
export interface LaneItem {
  /** Its part of a body. A character is counted as a byte. */
  readonly text: string;
  /** Increases in the order of arrival. */
  readonly number: number;
}

/** See the file. */
export interface LaneQueue<Context, Item extends LaneItem> {
  add(context: Context, item: Item): void;
  /** Puts the oldest context that may be sent into one piece, of at least one item. */
  take(bounds: TakeBounds): { readonly context: Context; readonly items: readonly Item[] } | undefined;
  /** Whether something may be sent. */
  isDue(bounds: TakeBounds): boolean;
  readonly count: number;
}

/** What may be taken, and how much at a time. */
export interface TakeBounds {
  /** So many items of one context may go at once. */
  readonly fullAt: number;
  /** Items up to this number may go, however few there are. */
  readonly sealedUpTo: number;
  readonly maxItems: number;
  readonly maxChars: number;
}

/** Creates an empty queue. */
export function createLaneQueue<Context, Item extends LaneItem>(
  isSame: (one: Context, other: Context) => boolean,
): LaneQueue<Context, Item> {
  const groups: { readonly context: Context; items: Item[] }[] = [];
  let count = 0;

  function findDue({ fullAt, sealedUpTo }: TakeBounds): number {
    return groups.findIndex(({ items }) => items.length >= fullAt || (items[0] as Item).number <= sealedUpTo);
  }

  return {
    add(context, item) {
      const group = groups.find((each) => isSame(each.context, context));
      if (group) group.items.push(item);
      else groups.push({ context, items: [item] });
      count += 1;
    },
    take(bounds) {
      const index = findDue(bounds);
      const group = groups[index];
      if (group === undefined) return undefined;
      const { context, items } = group;
      let chars = 0;
      let length = 0;
      while (length < Math.min(items.length, bounds.maxItems)) {
        chars += (items[length] as Item).text.length;
        if (length > 0 && chars > bounds.maxChars) break;
        length += 1;
      }
      // What is left moves behind the other contexts, so that each gets its turn.
      groups.splice(index, 1);
      if (length < items.length) groups.push({ context, items: items.slice(length) });
      count -= length;
      return { context, items: length < items.length ? items.slice(0, length) : items };
    },
    isDue: (bounds) => findDue(bounds) >= 0,
    get count() {
      return count;
    },
  };
}
