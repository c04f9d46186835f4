/** A map for caches: it forgets what was not used for a while. */

/** The part of `Map` that caches use. */
export interface RecentMap<Value> {
  /** A value that is read is used. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  clear(): void;
}

/**
 * Creates a map that holds the last `size` entries that were used, and never more than twice as many. Two generations: one
 * map that is ordered by use would be searched for its first entry each time it is full. Parts for pages use it: `quick-lru`,
 * which servers use, is about 1 kB of code in each bundle.
 */
export function createRecentMap<Value>(size: number): RecentMap<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();

  function set(key: string, value: Value): void {
    young.set(key, value);
    if (young.size < size) return;
    old = young;
    young = new Map();
  }

  return {
    set,
    get(key) {
      if (young.has(key)) return young.get(key);
      const value = old.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    delete(key) {
      young.delete(key);
      old.delete(key);
    },
    clear() {
      young.clear();
      old.clear();
    },
  };
}
