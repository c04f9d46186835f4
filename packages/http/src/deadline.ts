/**
 * Total deadlines. An idle timeout never ends an answer that drips one byte a second, so what is limited here is the whole
 * of a piece of work, whatever it waits for. `AbortSignal.timeout` is not in every runtime.
 */
import { SdkError } from '@sortition/core/errors';
import { type AbortControllerClass, onAbort, type Signals } from './abort.ts';
import { startTimer } from './clock.ts';

/** What limits a piece of work. */
export interface TimeLimit {
  /** For the whole, in ms. */
  readonly timeoutMs: number;
  /** The caller's own; nothing stays attached to it. */
  readonly signal?: Signals;
  /** What is being done, as the subject of an error message; without secrets. */
  readonly what: string;
  /**
   * `true` for work in the background, whose result no caller awaits: the process may end before the deadline. When absent
   * the timer keeps a Node process alive, because a script that awaits the result would otherwise end without a word.
   */
  readonly unref?: boolean | undefined;
}

/** The same for work that receives a signal to stop. */
export interface DeadlineOptions extends TimeLimit {
  /** What makes the signal for the work; `AbortController` when absent. */
  readonly Controller?: AbortControllerClass | undefined;
}

/**
 * Waits for `work`, but for no longer than the deadline: rejects with `timeout` or `aborted` whatever the work does then.
 * With a signal that is aborted already nothing is begun.
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
 * Does `work`, but for no longer than the deadline: rejects with `timeout` or `aborted` even when the work ignores the
 * signal it is given. The signal is aborted whenever the result is a rejection, so that no work continues after it. With a
 * signal that is aborted already nothing is begun.
 */
export async function withDeadline<T>(options: DeadlineOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  // Made here and never earlier: Workers forbid it while a module is loaded, and tie it to the request that made it.
  const within = new (options.Controller ?? AbortController)();
  try {
    return await limitTime(options, () => work(within.signal));
  } catch (error) {
    within.abort(error);
    throw error;
  }
}
