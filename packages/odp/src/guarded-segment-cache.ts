/**
 * A guard around a cache of the application, which may hang, throw or return garbage; a fetch of segments then
 * continues without it.
 */
import type { Problem, SegmentCache } from '@sortition/core';
import { limitTime } from '@sortition/http';

/** A cache that always responds within its deadline and never fails. */
export interface GuardedSegmentCache {
  lookup(key: string): Promise<readonly string[] | undefined>;
  save(key: string, segments: readonly string[]): Promise<void>;
  reset(): Promise<void>;
}

/** The deadline of one call, the same as for profile lookups. */
const CACHE_TIMEOUT_MS = 250;

/**
 * Wraps a cache. Each kind of failure is reported once, and again after the cache has worked in between.
 *
 * @param report Called with failures; must not throw.
 */
export function guardSegmentCache(cache: SegmentCache, report: (problem: Problem) => void): GuardedSegmentCache {
  let failing = false;

  async function attempt<T>(what: string, call: () => T | Promise<T>): Promise<T | undefined> {
    try {
      const result = await limitTime({ timeoutMs: CACHE_TIMEOUT_MS, what }, async () => call());
      failing = false;
      return result;
    } catch (cause) {
      if (!failing)
        report({
          code: 'segment-cache-failed',
          part: 'odp',
          message: `${what} failed; segments are fetched without it.`,
          cause,
        });
      failing = true;
      return undefined;
    }
  }

  return {
    lookup: (key) =>
      attempt('The lookup in the segment cache', async () => {
        const found: unknown = await cache.lookup(key);
        return found === null || found === undefined ? undefined : copyOfNames(found);
      }),
    save: async (key, segments) => {
      await attempt('The save in the segment cache', () => cache.save(key, [...segments]));
    },
    reset: async () => {
      await attempt('The reset of the segment cache', () => cache.reset());
    },
  };
}

function copyOfNames(found: unknown): readonly string[] {
  const names: unknown[] = Array.isArray(found) ? [...found] : [undefined];
  if (!names.every((name): name is string => typeof name === 'string')) {
    throw new TypeError('The segment cache did not return a list of segment names.');
  }
  return names;
}
