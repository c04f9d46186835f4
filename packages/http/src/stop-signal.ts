/**
 * A signal for work that many short exchanges do: what `AbortSignal` is, without being an `EventTarget`. Creating one of
 * those and listening to it costs as much as a third of an exchange over a kept connection.
 */

/** The part of an `AbortSignal` that is used here, which every `AbortSignal` fits. */
export interface StopSignal {
  readonly aborted: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: as the platform declares it
  readonly reason: any;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A signal and what stops it. Listeners must not throw. */
export interface StopSwitch extends StopSignal {
  /** Tells every listener, once; later calls do nothing. */
  stop(reason?: unknown): void;
}

/** Creates a signal that is not stopped. */
export function createStopSwitch(): StopSwitch {
  return new Switch();
}

/** A class because one is created for every exchange. */
class Switch implements StopSwitch {
  aborted = false;
  reason: unknown;
  // Most have one listener or none; a set is for those that are shared.
  #listeners: Set<() => void> | undefined;

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  stop(reason?: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.#listeners ?? []) listener();
    this.#listeners = undefined;
  }
}

/** Returns a platform signal that is aborted when `signal` is. */
export function toAbortSignal(signal: StopSignal): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  return controller.signal;
}
