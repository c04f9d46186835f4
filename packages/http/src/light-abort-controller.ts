/**
 * An `AbortController` in plain JavaScript. It can be created where the platform's cannot (while a module is loaded in
 * a Worker) and used by every request of a Worker, and it costs less: creating the platform's and listening to it takes
 * a tenth of a short exchange over a kept connection.
 */

/** The members of `AbortController` that are used here; its signal has no `onabort` and is not an `EventTarget`. */
export class LightAbortController {
  aborted = false;
  reason: unknown;
  // Created by the first listener: most controllers have at most one.
  #listeners: Set<() => void> | undefined;

  /** `aborted`, `reason`, `addEventListener` and `removeEventListener` for `abort`; listeners must not throw. */
  get signal(): AbortSignal {
    // The controller itself. It has only these members of an AbortSignal; its users need no others.
    return this as unknown as AbortSignal;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** Calls every listener, once; later calls do nothing. */
  abort(reason?: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.#listeners ?? []) listener();
    this.#listeners = undefined;
  }
}
