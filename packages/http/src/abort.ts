/** Abort signals and controllers. `AbortSignal.any` does not exist in every runtime. */

/** No signal, one signal, or several signals of which any ends the work. */
export type Signals = AbortSignal | null | undefined | readonly (AbortSignal | null | undefined)[];

/** `AbortController` or the cheaper `LightAbortController`. */
export type AbortControllerClass = new () => Pick<AbortController, 'signal' | 'abort'>;

/** All listeners of one signal, which share one listener on the platform's signal. */
interface Audience {
  readonly listeners: Set<() => void>;
  readonly leave: () => void;
}

/** Node warns of a leak when a signal has more than ten listeners, and one signal may end a hundred requests. */
const audiences = new WeakMap<AbortSignal, Audience>();

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
  const audience = audiences.get(signal) ?? createAudience(signal);
  audience.listeners.add(listener);
  return () => {
    if (audience.listeners.delete(listener) && audience.listeners.size === 0) audience.leave();
  };
}

function createAudience(signal: AbortSignal): Audience {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const audience = {
    listeners,
    leave() {
      audiences.delete(signal);
      signal.removeEventListener('abort', tell);
    },
  };
  audiences.set(signal, audience);
  signal.addEventListener('abort', tell);
  return audience;
}
