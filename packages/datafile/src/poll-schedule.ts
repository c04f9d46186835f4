/**
 * When to poll again. There are three modes: the interval after success, backoff after temporary failures, and a slow
 * constant interval after responses that need a change by a person (a wrong key, a revoked token). Polling never stops.
 */
import { backoffMs, classifyStatus, statusCauseOf } from '@sortition/http';

export interface PollSchedule {
  /** After an accepted document or a 304: ms until the next poll. */
  succeeded(): number;
  /** After a failure; `isNews` is false while the same denial repeats. */
  failed(error: unknown): { readonly delayMs: number; readonly isNews: boolean };
}

const DENIED_MS = 300_000;
const BACKOFF_BASE_MS = 1_000;
/** Full jitter may give nearly 0; a few such waits in a row would be a burst. */
const LEAST_BACKOFF_MS = 100;
const SUCCESSES_TO_TRUST = 2;

/** Returns whether a response needs a change by a person. */
export function isDenied(error: unknown): boolean {
  const cause = statusCauseOf(error);
  return cause !== null && classifyStatus(cause.status) === 'denied';
}

/** @param random Uniform in `[0, 1)`. */
export function createPollSchedule(intervalMs: number, random: () => number): PollSchedule {
  // Spreads the polls of clients that started at the same time.
  const jittered = (ms: number) => ms * (0.9 + 0.2 * random());
  const deniedMs = Math.max(DENIED_MS, intervalMs);
  const backoff = { baseMs: BACKOFF_BASE_MS, capMs: deniedMs, random };
  let failures = 0;
  /** Number of successes until a denial is over; 0 in the other modes. */
  let distrust = 0;

  return {
    succeeded() {
      failures = 0;
      distrust = Math.max(0, distrust - 1);
      return jittered(distrust > 0 ? deniedMs : intervalMs);
    },
    failed(error) {
      const denied = isDenied(error);
      const isNews = !denied || distrust === 0;
      if (denied || distrust > 0) {
        distrust = SUCCESSES_TO_TRUST;
        return { delayMs: jittered(deniedMs), isNews };
      }
      failures += 1;
      const delayMs = backoffMs(backoff, failures, statusCauseOf(error)?.retryAfterMs);
      return { delayMs: Math.max(delayMs, LEAST_BACKOFF_MS), isNews };
    },
  };
}
