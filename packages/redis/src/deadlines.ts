/**
 * The deadlines of what is under way, on one timer. A command takes a tenth of a millisecond and its deadline is almost
 * never reached: a timer of its own for each would be a good part of its cost.
 */

/** Something under way. */
export interface Waiting {
  /** When it ends at the latest, on the monotonic clock. */
  readonly deadline: number;
  expire(): void;
  giveUp(cause: unknown): void;
}

export interface Deadlines {
  add(waiting: Waiting): void;
  /** Returns whether it was still under way. */
  remove(waiting: Waiting): boolean;
  has(waiting: Waiting): boolean;
  /** What is under way now. */
  all(): readonly Waiting[];
}

export function createDeadlines(): Deadlines {
  const underWay = new Set<Waiting>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let armedFor = Number.POSITIVE_INFINITY;

  const arm = (deadline: number): void => {
    clearTimeout(timer);
    armedFor = deadline;
    timer = setTimeout(check, Math.max(1, Math.ceil(deadline - performance.now())));
  };
  const check = (): void => {
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const waiting of underWay) {
      if (waiting.deadline <= now) waiting.expire();
      else next = Math.min(next, waiting.deadline);
    }
    timer = undefined;
    armedFor = Number.POSITIVE_INFINITY;
    if (next < armedFor) arm(next);
  };
  return {
    add(waiting) {
      underWay.add(waiting);
      if (waiting.deadline < armedFor) arm(waiting.deadline);
      else if (underWay.size === 1) timer?.ref();
    },
    remove(waiting) {
      const wasUnderWay = underWay.delete(waiting);
      // The timer stays for the next one, and keeps no process alive for it.
      if (underWay.size === 0) timer?.unref();
      return wasUnderWay;
    },
    has: (waiting) => underWay.has(waiting),
    all: () => [...underWay],
  };
}
