/** A task tried again and again in the background until it says that it is done; never two at a time. */

export interface RepeatedTask {
  /** Tries it after a while, unless that is under way. */
  start(): void;
  /** Tries it now, and keeps trying. */
  hurry(): void;
  /** Ends it; it is not started again. */
  stop(): void;
}

/** Between two tries: doubled from the first to the last. */
const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 1_000;

/** @param task Resolves whether it is done; must not reject. */
export function createRepeatedTask(task: () => Promise<boolean>): RepeatedTask {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let stopped = false;
  const wait = (delayMs: number): void => {
    timer = setTimeout(() => run(delayMs), delayMs);
    timer.unref?.();
  };
  const run = (delayMs: number): void => {
    timer = undefined;
    running = true;
    void task().then((done) => {
      running = false;
      if (!done && !stopped) wait(Math.min(delayMs * 2, LAST_DELAY_MS));
    });
  };
  return {
    start() {
      if (!running && timer === undefined && !stopped) wait(FIRST_DELAY_MS);
    },
    hurry() {
      if (running || stopped) return;
      clearTimeout(timer);
      run(FIRST_DELAY_MS);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
