/** Signals that end work, and what makes them. `AbortSignal.any` is not in every runtime. */

/** One signal, several of which any will do, or none. */
export type Signals = AbortSignal | null | undefined | readonly (AbortSignal | null | undefined)[];

/** `AbortController`, or a class that does the same for less; see `LightAbortController` for Node. */
export type AbortControllerClass = new () => Pick<AbortController, 'signal' | 'abort'>;

/**
 * Calls `listener` with the reason when a signal is aborted, at once for one that is already. Returns what detaches it from
 * all of them.
 */
export function onAbort(signals: Signals, listener: (reason: unknown) => void): () => void {
  const heard: (() => void)[] = [];
  for (const signal of [signals].flat()) {
    if (!signal) continue;
    const onEvent = () => listener(signal.reason);
    if (signal.aborted) onEvent();
    else signal.addEventListener('abort', onEvent);
    heard.push(() => signal.removeEventListener('abort', onEvent));
  }
  return () => {
    for (const leave of heard) leave();
  };
}
