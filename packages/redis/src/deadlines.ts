/**
 * The deadlines of all commands under way, on one timer. A command takes a tenth of a millisecond and almost never
 * reaches its deadline; a separate timer for each would be a large part of its cost.
 */

/** Something under way. */
export interface Waiting {
  /** Its deadline, on the monotonic clock. */
  readonly deadline: number;
  expire(): void;
  giveUp(cause: unknown): void;
}

export interface Deadlines {
  add(waiting: Waiting): void;
  /** Returns whether it was still under way. */
  remove(waiting: Waiting): boolean;
  has(waiting: Waiting): boolean;
  /** Returns everything that is under way. */
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
      // The timer is kept for the next command, without keeping the process alive.
      if (underWay.size === 0) timer?.unref();
      return wasUnderWay;
    },
    has: (waiting) => underWay.has(waiting),
    all: () => [...underWay],
  };
}
