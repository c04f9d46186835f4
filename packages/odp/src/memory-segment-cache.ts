/**
 * The segment cache in process memory: the last `size` users, and never more than twice as many, each for a time on the
 * monotonic clock.
 */
import type { SegmentCache } from '@sortition/core';
import { createRecentMap } from '@sortition/core/internal';
import { monotonicNow } from '@sortition/http';

interface Entry {
  readonly segments: readonly string[];
  readonly expiresAt: number;
}

/** The synchronous port. */
export interface MemorySegmentCache extends SegmentCache {
  lookup(key: string): readonly string[] | undefined;
  save(key: string, segments: readonly string[]): void;
  reset(): void;
}

/**
 * Creates the cache. A lookup protects an entry from being removed next but does not extend its time; a save does both.
 *
 * @param options.size Least number of cached users; 0 turns the cache off.
 * @param options.timeoutMs How long segments are cached; 0 turns the cache off.
 */
export function createMemorySegmentCache(options: {
  readonly size: number;
  readonly timeoutMs: number;
}): MemorySegmentCache {
  const { size, timeoutMs } = options;
  const isOff = size === 0 || timeoutMs === 0;
  const entries = createRecentMap<Entry>(size);
  return {
    lookup(key) {
      const entry = entries.get(key);
      if (entry === undefined || monotonicNow() < entry.expiresAt) return entry?.segments;
      entries.delete(key);
      return undefined;
    },
    save(key, segments) {
      if (!isOff) entries.set(key, { segments, expiresAt: monotonicNow() + timeoutMs });
    },
    reset: () => entries.clear(),
  };
}
