/**
 * The one retry policy: exponential backoff with full jitter, so that clients that failed at the same time do not retry
 * at the same time. `p-retry` does not fit: its jitter is a factor of 1 to 2, and it does not support `Retry-After`.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import { isSdkError } from '@sortition/core/errors';
import { onAbort, type Signals } from './abort.ts';
import { MAX_DELAY_MS, startTimer } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { classifyStatus, statusCauseOf } from './status.ts';

/** How waits grow with the number of failures. */
export interface Backoff {
  /** Upper limit of the first wait, in ms. */
  readonly baseMs: number;
  /** Upper limit of every wait, in ms. */
  readonly capMs: number;
  /** Growth of the upper limit per failure; 2 by default. */
  readonly scalar?: number;
  /** Shortest wait, in ms; 0 by default. */
  readonly leastMs?: number;
  /** Uniform in `[0, 1)`; `Math.random` by default. */
  readonly random?: (() => number) | undefined;
}

/**
 * Returns the wait after the `failures`-th failure in a row (1 for the first): random between `leastMs` and the upper
 * limit. With `asked`, the time of a `Retry-After` in ms, it is exactly that time, clamped to `leastMs ?? baseMs` and
 * `maxAskedMs`.
 */
export function backoffMs(backoff: Backoff, failures: number, asked?: number | null, maxAskedMs = 900_000): number {
  const { baseMs, capMs, scalar = 2, leastMs = 0, random = Math.random } = backoff;
  if (asked != null) return Math.min(Math.max(asked, backoff.leastMs ?? baseMs), maxAskedMs);
  return leastMs + random() * Math.max(0, Math.min(capMs, baseMs * scalar ** (failures - 1)) - leastMs);
}

/** How often and how soon to retry; the same for every call of a client. */
export interface RetryPolicy extends Backoff {
  /** Number of attempts after the first; 0 for one attempt. */
  readonly retries: number;
  /** Longest wait that a `Retry-After` may request, in ms. A longer one ends the attempts. */
  readonly maxRetryAfterMs: number;
}

/** Options that differ between calls. */
export interface RetryOptions {
  /** Ends waits too. */
  readonly signal?: Signals;
  /** Returns whether to retry after an error, such as `isRetryable`. */
  readonly shouldRetry: (error: unknown) => boolean;
  /** Called before each wait. */
  readonly onRetry?: (error: unknown, delayMs: number) => void;
}

/**
 * Returns `true` for network failures, deadlines and statuses of the class `retry`; `false` for aborted, malformed and
 * refused requests.
 */
export function isRetryable(error: unknown): boolean {
  const cause = statusCauseOf(error);
  if (cause !== null) return classifyStatus(cause.status) === 'retry';
  return isSdkError(error) && (error.code === 'request-failed' || error.code === 'timeout');
}

/**
 * Calls `attempt` until it succeeds, `shouldRetry` returns `false`, or no attempts are left; rejects with the last
 * error. The caller is waiting, so the timer between attempts keeps the process alive.
 *
 * @param attempt Called with the number of the attempt, from 0.
 */
export async function retry<T>(
  policy: RetryPolicy,
  { signal, shouldRetry, onRetry }: RetryOptions,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  const { retries, maxRetryAfterMs } = policy;
  for (let number = 0; ; number += 1) {
    try {
      return await attempt(number);
    } catch (error) {
      const asked = statusCauseOf(error)?.retryAfterMs;
      if (number >= retries || !shouldRetry(error) || (asked ?? 0) > maxRetryAfterMs) throw error;
      const delayMs = backoffMs(policy, number + 1, asked, maxRetryAfterMs);
      onRetry?.(error, delayMs);
      await wait(delayMs, signal);
    }
  }
}

/** Resolves after `delayMs`; rejects with `aborted` as soon as the signal is. Keeps the process alive. */
export function wait(delayMs: number, signal?: Signals): Promise<void> {
  return withDeadline(
    { timeoutMs: MAX_DELAY_MS, signal, what: 'A wait' },
    (within) => new Promise((resolve) => onAbort(within, startTimer(resolve, delayMs, true))),
  );
}
