/** Deadlines for foreign code: every wait ends. */
import { SdkError } from '@sortition/core';
import { limitTime } from '@sortition/http';

/** How long to wait. */
export interface Limits {
  /** Total, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns what `call` returns, but rejects after the timeout or on abort; a late result is ignored. An error that the
 * call throws is a rejection too. The timer keeps the process alive, because a caller awaits this.
 *
 * @param what Names the work in the error message.
 * @throws SdkError `invalid-option`, as a rejection, when `signal` is not a signal.
 */
export async function withLimits<T>(
  what: string,
  { timeoutMs, signal }: Limits,
  call: () => T | PromiseLike<T>,
): Promise<T> {
  if (signal && typeof signal.addEventListener !== 'function') {
    throw new SdkError('invalid-option', `${what} needs an AbortSignal as its "signal", got ${typeof signal}.`);
  }
  return limitTime({ what, timeoutMs, signal }, async () => call());
}

/** Returns the caller's value; `otherwise` when it is missing or not valid. */
export function toDelayMs<T>(wanted: number | undefined, otherwise: T): number | T {
  return typeof wanted === 'number' && wanted >= 0 ? wanted : otherwise;
}
