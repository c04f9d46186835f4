/** Ends many requests at once. One signal for all would do, but platforms warn of a leak when eleven listen to it. */

/** Requests under way. */
export interface AbortGroup {
  readonly aborted: boolean;
  /** Runs work with a signal of its own, which `abort` aborts. */
  run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Ends what runs and whatever is started later. */
  abort(): void;
}

/** Creates an empty group. */
export function createAbortGroup(): AbortGroup {
  const running = new Set<AbortController>();
  let aborted = false;
  return {
    get aborted() {
      return aborted;
    },
    async run(work) {
      const controller = new AbortController();
      if (aborted) controller.abort();
      running.add(controller);
      try {
        return await work(controller.signal);
      } finally {
        running.delete(controller);
      }
    },
    abort() {
      aborted = true;
      for (const controller of running) controller.abort();
    },
  };
}
