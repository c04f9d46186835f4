/** A queue of comparisons, limited in number and rate. They run after the caller has its result. */

/** Runs a comparison. May return a promise; must not throw. */
export type Comparison = () => unknown;

/** Bounds of the queue. */
export interface QueueLimits {
  /** Comparisons that wait at most; the newest are left out above it. */
  readonly maxPending: number;
  /** Comparisons per second at most. */
  readonly maxPerSecond: number;
}

/** Waiting comparisons. */
export interface ComparisonQueue {
  /** Returns whether there was room. It must be fast: it runs before the application has its result. */
  add(comparison: Comparison): boolean;
  /** Comparisons that the rate left out. */
  readonly leftOut: number;
  /** Resolves when nothing waits. */
  settled(): Promise<void>;
  stop(): void;
}

/** Done at once, before others get their turn. */
const AT_ONCE = 32;

/** Creates a queue. */
export function createComparisonQueue({ maxPending, maxPerSecond }: QueueLimits): ComparisonQueue {
  let waiting: Comparison[] = [];
  let isPlanned = false;
  let isStopped = false;
  let second = 0;
  let doneInSecond = 0;
  let onEmpty: (() => void)[] = [];
  let leftOut = 0;

  function plan(): void {
    isPlanned = true;
    later(() => void drain());
  }

  async function drain(): Promise<void> {
    const now = Math.floor(Date.now() / 1_000);
    if (now !== second) {
      second = now;
      doneInSecond = 0;
    }
    const room = Math.min(AT_ONCE, maxPerSecond - doneInSecond);
    if (room <= 0) {
      // The rate limit is reached: waiting comparisons are dropped, so that each comparison runs soon after its call.
      leftOut += waiting.length;
      waiting = [];
    }
    const batch = waiting.splice(0, Math.max(room, 0));
    doneInSecond += batch.length;
    for (const comparison of batch) await comparison();
    if (waiting.length > 0) {
      plan();
      return;
    }
    isPlanned = false;
    for (const resolve of onEmpty) resolve();
    onEmpty = [];
  }

  return {
    get leftOut() {
      return leftOut;
    },
    add(comparison) {
      if (isStopped || waiting.length >= maxPending) return false;
      waiting.push(comparison);
      if (!isPlanned) plan();
      return true;
    },
    settled: () => (isPlanned ? new Promise((resolve) => onEmpty.push(resolve)) : Promise.resolve()),
    stop() {
      isStopped = true;
      waiting = [];
    },
  };
}

interface Schedulers {
  requestIdleCallback?(work: () => void): unknown;
  setImmediate?(work: () => void): unknown;
}

/** When a page is idle, or after the events at hand; next best, as soon as the caller is done. */
function later(work: () => void): void {
  const { requestIdleCallback, setImmediate } = globalThis as unknown as Schedulers;
  if (requestIdleCallback) requestIdleCallback(work);
  else if (setImmediate) setImmediate(work);
  else queueMicrotask(work);
}
