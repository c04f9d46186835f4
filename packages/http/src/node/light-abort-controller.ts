/**
 * An `AbortController` for work that many short exchanges do: creating one of the platform and listening to it costs as
 * much as a tenth of an exchange over a kept connection.
 */

/** The members of `AbortController` that are used here; its signal has no `onabort` and is no `EventTarget`. */
export class LightAbortController {
  aborted = false;
  reason: unknown;
  // Most have one listener; a set is for those that are shared.
  #listeners: Set<() => void> | undefined;

  /** `aborted`, `reason`, `addEventListener` and `removeEventListener` for `abort`; listeners must not throw. */
  get signal(): AbortSignal {
    // The controller itself. Documented as this part of an AbortSignal; the rest is never touched by what it is given to.
    return this as unknown as AbortSignal;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** Tells every listener, once; later calls do nothing. */
  abort(reason?: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.#listeners ?? []) listener();
    this.#listeners = undefined;
  }
}
