/**
 * Total deadlines. An idle timeout never ends an answer that drips one byte a second, so what is limited here is the whole
 * of a piece of work, whatever it waits for. `AbortSignal.timeout` and `AbortSignal.any` are not in every runtime.
 */
import { SdkError } from '@sortition/core/errors';
import { startTimer } from './clock.ts';
import { createStopSwitch, type StopSignal, toAbortSignal } from './stop-signal.ts';

export interface DeadlineOptions {
  /** For the whole, in ms. */
  readonly timeoutMs: number;
  /** The caller's own signal; nothing stays attached to it. */
  readonly signal?: StopSignal | undefined;
  /** What is being done, as the subject of an error message; without secrets. */
  readonly what: string;
}

/**
 * Does `work`, but for no longer than the deadline: rejects with `timeout` or `aborted` even when the work ignores the
 * signal it is given. The signal is aborted whenever the result is a rejection, so that nothing goes on behind it.
 */
export function withDeadline<T>(options: DeadlineOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withStop(options, (signal) => work(toAbortSignal(signal)));
}

/** The same with a signal that costs less than one of the platform. */
export function withStop<T>(options: DeadlineOptions, work: (signal: StopSignal) => Promise<T>): Promise<T> {
  const { timeoutMs, signal, what } = options;
  return new Promise<T>((resolve, reject) => {
    const abortion = () => new SdkError('aborted', `${what} was aborted by its caller.`, { cause: signal?.reason });
    if (signal?.aborted) {
      reject(abortion());
      return;
    }
    const onAbort = () => fail(abortion());
    const within = createStopSwitch();
    const cancelTimer = startTimer(
      () => fail(new SdkError('timeout', `${what} did not finish within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    signal?.addEventListener('abort', onAbort);
    try {
      work(within).then((value) => {
        release();
        resolve(value);
      }, fail);
    } catch (error) {
      fail(error);
    }

    function release(): void {
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
    }

    function fail(error: unknown): void {
      release();
      reject(error);
      within.stop(error);
    }
  });
}
