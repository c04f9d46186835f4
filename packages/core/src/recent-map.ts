/** A map for caches: it drops entries that were not used for a while. */

/** The part of `Map` that caches use. */
export interface RecentMap<Value> {
  /** Reading a value counts as using it. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  clear(): void;
}

/**
 * Creates a map that holds the `size` most recently used entries, and never more than twice as many. It uses two
 * generations, because finding the oldest entry of one ordered map each time it is full is slow. Packages for pages use
 * it; `quick-lru`, which servers use, would add about 1 kB to each bundle.
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
