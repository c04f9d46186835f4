/** Remembers a limited number of ids to detect duplicates. */

/** Ids in two generations: when the newer is full, the older is dropped. */
export interface RecentIds {
  has(id: string): boolean;
  add(id: string): void;
  clear(): void;
}

/** Remembers the last `size` ids at least, and twice as many at most. */
export function createRecentIds(size: number): RecentIds {
  let younger = new Set<string>();
  let older = new Set<string>();
  return {
    has: (id) => younger.has(id) || older.has(id),
    add(id) {
      if (younger.size >= size) {
        older = younger;
        younger = new Set();
      }
      younger.add(id);
    },
    clear() {
      younger = new Set();
      older = new Set();
    },
  };
}
