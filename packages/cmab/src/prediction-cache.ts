/** Cached predictions: the `size` most recently used ones, each for a time on the monotonic clock. */
import type { CmabPrediction } from '@sortition/core';
import { createRecentMap } from '@sortition/core/internal';
import { monotonicNow } from '@sortition/http';

/** Predictions by user and rule, each for one set of attributes. */
export interface PredictionCache {
  lookup(key: string, attributes: string): NonNullable<CmabPrediction> | undefined;
  save(key: string, attributes: string, prediction: NonNullable<CmabPrediction>): void;
  delete(key: string): void;
  clear(): void;
}

interface Entry {
  readonly attributes: string;
  readonly prediction: NonNullable<CmabPrediction>;
  readonly expiresAt: number;
}

/** Creates the cache; with a size or a time of 0 it is off. */
export function createPredictionCache(size: number, timeoutMs: number): PredictionCache {
  if (size === 0 || timeoutMs === 0) {
    return { lookup: () => undefined, save: () => undefined, delete: () => undefined, clear: () => undefined };
  }
  const entries = createRecentMap<Entry>(size);
  return {
    lookup(key, attributes) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      // A prediction for other attributes of the user is not used any more.
      if (entry.attributes === attributes && monotonicNow() < entry.expiresAt) return entry.prediction;
      entries.delete(key);
      return undefined;
    },
    save: (key, attributes, prediction) =>
      entries.set(key, { attributes, prediction, expiresAt: monotonicNow() + timeoutMs }),
    delete: (key) => entries.delete(key),
    clear: () => entries.clear(),
  };
}
