/** Comparisons that wait: bounded in number and in rate, and done when the caller has its answer. */

/** Does a comparison. May return a promise; must not throw. */
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
  /** Returns whether there was room. Takes next to no time: it is called before the application has its answer. */
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
      // The rate is used up: what waits is left out, so that comparisons stay close to their answers.
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
