/** A task that is repeated in the background until it is done; never two runs at a time. */

export interface RepeatedTask {
  /** Schedules a run, unless one is scheduled. */
  start(): void;
  /** Runs it now, and repeats it. */
  hurry(): void;
  /** Stops it permanently. */
  stop(): void;
}

/** Delay between two runs, doubled from the first to the last value. */
const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 1_000;

/** @param task Resolves to whether it is done; must not reject. */
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
