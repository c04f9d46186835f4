/** Waiting for foreign code: every wait has an end. */
import { SdkError } from '@sortition/core';

/**
 * Resolves or rejects as `work` does, but rejects after `timeoutMs` or on abort; a late answer harms nothing.
 *
 * @param what Names the work in the error message.
 */
export function withDeadline<T>(
  work: PromiseLike<T>,
  what: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      finish(() => reject(new SdkError('timeout', `${what} took longer than ${timeoutMs} ms.`)));
    }, timeoutMs);
    const onAbort = (): void =>
      finish(() => reject(new SdkError('aborted', `${what} was aborted.`, { cause: signal?.reason })));
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort);
    Promise.resolve(work).then(
      (value) => finish(() => resolve(value)),
      (cause: unknown) => finish(() => reject(cause)),
    );
  });
}
