/** Waiting for foreign code: every wait has an end. */
import { SdkError } from '@sortition/core';

/** How long to wait. */
export interface Limits {
  /** Total, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A longer delay would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Answers what `call` does, but rejects after the timeout or on abort; a late answer harms nothing. What the call throws is
 * a rejection too.
 *
 * The timer keeps the process alive: somebody awaits this, and the process would end silently.
 *
 * @param what Names the work in the error message.
 * @throws SdkError `invalid-option`, as a rejection, for a signal that is none.
 */
export function withDeadline<T>(
  what: string,
  { timeoutMs, signal }: Limits,
  call: () => T | PromiseLike<T>,
): Promise<T> {
  if (signal && typeof signal.addEventListener !== 'function') {
    return Promise.reject(
      new SdkError('invalid-option', `${what} needs an AbortSignal as its "signal", got ${typeof signal}.`),
    );
  }
  let release = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(new SdkError('aborted', `${what} was aborted.`, { cause: signal?.reason }));
    const onTimeout = (): void => reject(new SdkError('timeout', `${what} took longer than ${timeoutMs} ms.`));
    const timer = setTimeout(onTimeout, Math.min(timeoutMs, MAX_DELAY_MS));
    release = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort);
  });
  return Promise.race([stopped, new Promise<T>((resolve) => resolve(call()))]).finally(release);
}

/** A caller's wish; `otherwise` when there is none, or none that makes sense. */
export function toDelayMs<T>(wanted: number | undefined, otherwise: T): number | T {
  return typeof wanted === 'number' && wanted >= 0 ? wanted : otherwise;
}
