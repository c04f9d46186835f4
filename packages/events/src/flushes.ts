/** Flushes under way: each waits until the events recorded before it are settled, or its time is up. */
import type { QueuedEvent } from './event-queue.ts';

/** See the file. */
export interface Flushes {
  /**
   * Resolves when every event up to `lastNumber` is settled, at the latest after `timeoutMs`. Somebody waits, so the timer
   * keeps the process alive.
   *
   * @param pending How many of them are not settled.
   */
  wait(lastNumber: number, pending: number, timeoutMs: number): Promise<void>;
  /** Told of events that were delivered or dropped. */
  settle(events: readonly QueuedEvent[]): void;
}

interface Flush {
  readonly lastNumber: number;
  pending: number;
  readonly resolve: () => void;
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Creates the list of flushes. */
export function createFlushes(): Flushes {
  const flushes = new Set<Flush>();
  return {
    wait(lastNumber, pending, timeoutMs) {
      if (pending === 0) return Promise.resolve();
      return new Promise((done) => {
        const resolve = (): void => {
          clearTimeout(timer);
          flushes.delete(flush);
          done();
        };
        const timer = setTimeout(resolve, Math.min(Math.max(timeoutMs || 0, 0), MAX_TIMEOUT_MS));
        const flush: Flush = { lastNumber, pending, resolve };
        flushes.add(flush);
      });
    },
    settle(events) {
      for (const flush of flushes) {
        for (const { number } of events) if (number <= flush.lastNumber) flush.pending -= 1;
        if (flush.pending <= 0) flush.resolve();
      }
    },
  };
}
