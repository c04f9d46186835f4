/** A task tried again and again in the background until it says that it is done; never two at a time. */

export interface RepeatedTask {
  /** Starts it unless it is under way. */
  start(): void;
  /** Starts it for good after `close`: never. */
  stop(): void;
}

/** Between two tries: doubled from the first to the last. */
const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 1_000;

/** @param task Resolves whether it is done; must not reject. */
export function createRepeatedTask(task: () => Promise<boolean>): RepeatedTask {
  let underWay = false;
  let stopped = false;
  const wait = (delayMs: number): void => {
    const timer = setTimeout(() => {
      void task().then((done) => {
        if (done || stopped) underWay = false;
        else wait(Math.min(delayMs * 2, LAST_DELAY_MS));
      });
    }, delayMs);
    timer.unref?.();
  };
  return {
    start() {
      if (underWay || stopped) return;
      underWay = true;
      wait(FIRST_DELAY_MS);
    },
    stop() {
      stopped = true;
    },
  };
}
