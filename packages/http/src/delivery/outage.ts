/** Whether the destination fails, as opposed to a batch: then nothing is accepted, and everything waits. */
import { monotonicNow } from '../clock.ts';
import { backoffMs } from '../retry.ts';

/** Between attempts, of the destination and of a batch. */
export const BACKOFF = { baseMs: 1_000, capMs: 60_000 };
/** The destination is taken to fail when nothing was accepted for this long, or after so many failures in a row. */
const SILENT_MS = 10_000;
const FAILURES_OF_DESTINATION = 5;

/** See the file. */
export interface Outage {
  readonly isDown: boolean;
  /** Nothing is sent before then, on the monotonic clock. */
  readonly resumeAt: number;
  /** A request was accepted. */
  end(): void;
  /** Lets the next attempt begin at once, unless the destination asked for a pause. */
  retryNow(): boolean;
  /**
   * A request failed.
   *
   * @param counts Whether it says something about the destination.
   * @param isAlone Whether nothing else was accepted meanwhile.
   * @param asked The pause that the destination asked for, in ms.
   */
  note(counts: boolean, isAlone: boolean, asked: number | null): void;
}

/** Creates the state of a destination that is not known to fail. */
export function createOutage(): Outage {
  let failures = 0;
  let acceptedAt = Number.NEGATIVE_INFINITY;
  let isDown = false;
  let resumeAt = 0;
  let askedToWait = false;
  return {
    get isDown() {
      return isDown;
    },
    get resumeAt() {
      return resumeAt;
    },
    end() {
      acceptedAt = monotonicNow();
      failures = 0;
      resumeAt = 0;
      isDown = false;
      askedToWait = false;
    },
    retryNow() {
      if (!askedToWait) resumeAt = 0;
      return !askedToWait;
    },
    note(counts, isAlone, asked) {
      const now = monotonicNow();
      if (counts) failures += 1;
      isDown ||= asked !== null || failures >= FAILURES_OF_DESTINATION || (isAlone && now - acceptedAt > SILENT_MS);
      if (!isDown) return;
      // The end of an outage is noticed within a quarter of its length: the queue has little more to hold than the outage.
      const capMs = Math.min(BACKOFF.capMs, Math.max(BACKOFF.baseMs, (now - acceptedAt) / 4));
      resumeAt = now + backoffMs({ ...BACKOFF, capMs }, Math.max(failures, 1), asked);
      askedToWait = asked !== null;
    },
  };
}
