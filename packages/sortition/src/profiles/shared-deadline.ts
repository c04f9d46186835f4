/**
 * One deadline for everything that waits equally long, on one timer. A lookup takes a tenth of a millisecond and a timer of
 * its own would be a good part of that.
 */
import { SdkError } from '@sortition/core';

/** Resolves or rejects as `work` does, but rejects when it takes too long; a late answer harms nothing. */
export type SharedDeadline = <T>(work: PromiseLike<T>, what: string) => Promise<T>;

interface Waiting {
  readonly until: number;
  expire(): void;
}

/** @param timeoutMs For each. */
export function createSharedDeadline(timeoutMs: number): SharedDeadline {
  /** In the order of their deadlines, which is the order they came in. */
  const underWay = new Set<Waiting>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const check = (): void => {
    timer = undefined;
    for (const waiting of underWay) {
      const leftMs = waiting.until - performance.now();
      if (leftMs > 0) {
        timer = setTimeout(check, Math.ceil(leftMs));
        return;
      }
      waiting.expire();
    }
  };
  /** The timer outlives what it was set for, and then keeps no process alive. */
  const keepAlive = (how: 'ref' | 'unref'): void =>
    void (timer as { ref?(): void; unref?(): void } | undefined)?.[how]?.();

  return (work, what) =>
    new Promise((resolve, reject) => {
      const waiting: Waiting = {
        until: performance.now() + timeoutMs,
        expire: () => settle(() => reject(new SdkError('timeout', `${what} took longer than ${timeoutMs} ms.`))),
      };
      const settle = (report: () => void): void => {
        if (!underWay.delete(waiting)) return;
        if (underWay.size === 0) keepAlive('unref');
        report();
      };
      underWay.add(waiting);
      timer ??= setTimeout(check, timeoutMs);
      if (underWay.size === 1) keepAlive('ref');
      Promise.resolve(work).then(
        (value) => settle(() => resolve(value)),
        (cause: unknown) => settle(() => reject(cause)),
      );
    });
}
