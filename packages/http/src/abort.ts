/** Abort signals and controllers. `AbortSignal.any` does not exist in every runtime. */

/** No signal, one signal, or several signals of which any ends the work. */
export type Signals = AbortSignal | null | undefined | readonly (AbortSignal | null | undefined)[];

/** `AbortController` or the cheaper `LightAbortController`. */
export type AbortControllerClass = new () => Pick<AbortController, 'signal' | 'abort'>;

/** All listeners of one signal, which share one listener on the platform's signal. */
interface Shared {
  readonly listeners: Set<() => void>;
  readonly leave: () => void;
}

/** Node warns of a leak when a signal has more than ten listeners, and one signal may end a hundred requests. */
const sharedOf = new WeakMap<AbortSignal, Shared>();

/**
 * Calls `listener` with the reason when a signal is aborted, at once if one already is. Returns a function that
 * detaches it from all signals.
 */
export function onAbort(signals: Signals, listener: (reason: unknown) => void): () => void {
  const undo: (() => void)[] = [];
  for (const signal of Array.isArray(signals) ? signals : [signals]) {
    if (!signal) continue;
    if (signal.aborted) listener(signal.reason);
    else undo.push(join(signal, () => listener(signal.reason)));
  }
  return () => {
    for (const leave of undo) leave();
  };
}

function join(signal: AbortSignal, listener: () => void): () => void {
  const { listeners, leave } = sharedOf.get(signal) ?? share(signal);
  listeners.add(listener);
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) leave();
  };
}

function share(signal: AbortSignal): Shared {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const shared = {
    listeners,
    leave() {
      sharedOf.delete(signal);
      signal.removeEventListener('abort', tell);
    },
  };
  sharedOf.set(signal, shared);
  signal.addEventListener('abort', tell);
  return shared;
}
