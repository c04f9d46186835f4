/**
 * Total deadlines. An idle timeout never ends a response that sends one byte a second, so the limit here is for the
 * whole work. `AbortSignal.timeout` does not exist in every runtime.
 */
import { SdkError } from '@sortition/core/errors';
import { type AbortControllerClass, onAbort, type Signals } from './abort.ts';
import { startTimer } from './clock.ts';

/** Limits of a piece of work. */
export interface TimeLimit {
  /** For the whole work, in ms. */
  readonly timeoutMs: number;
  /** The caller's signals; all listeners are removed from them afterwards. */
  readonly signal?: Signals;
  /** The work as the subject of an error message; without secrets. */
  readonly what: string;
  /**
   * `true` for background work, whose result no caller awaits: the process may end before the deadline. By default the
   * timer keeps a Node process alive, because a script that awaits the result would otherwise end silently.
   */
  readonly unref?: boolean | undefined;
}

/** Limits of work that receives a signal. */
export interface DeadlineOptions extends TimeLimit {
  /** The class that makes the signal for the work; `AbortController` by default. */
  readonly Controller?: AbortControllerClass | undefined;
}

/**
 * Waits for `work` until the deadline at most: rejects with `timeout` or `aborted` even if the work continues. If a
 * signal is aborted already, the work is not started.
 */
export async function limitTime<T>(
  { timeoutMs, signal, what, unref }: TimeLimit,
  work: () => PromiseLike<T>,
): Promise<T> {
  let release: readonly (() => void)[] = [];
  try {
    return await new Promise<T>((resolve, reject) => {
      let isStopped = false;
      const stop = (code: 'timeout' | 'aborted', text: string, options?: ErrorOptions): void => {
        isStopped = true;
        reject(new SdkError(code, `${what} ${text}.`, options));
      };
      release = [
        startTimer(() => stop('timeout', `did not finish within ${timeoutMs} ms`), timeoutMs, !unref),
        onAbort(signal, (cause) => stop('aborted', 'was aborted by its caller', { cause })),
      ];
      if (!isStopped) work().then(resolve, reject);
    });
  } finally {
    for (const undo of release) undo();
  }
}

/**
 * Runs `work` until the deadline at most: rejects with `timeout` or `aborted` even when the work ignores its signal.
 * That signal is aborted with every rejection, so that no work continues after it. If a signal of the caller is aborted
 * already, the work is not started.
 */
export async function withDeadline<T>(options: DeadlineOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  // Created here and not earlier: Workers forbid it while a module is loaded, and bind it to the request that created
  // it.
  const within = new (options.Controller ?? AbortController)();
  try {
    return await limitTime(options, () => work(within.signal));
  } catch (error) {
    within.abort(error);
    throw error;
  }
}
