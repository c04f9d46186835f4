/**
 * An `AbortController` for work that many short exchanges do: creating one of the platform and listening to it costs as
 * much as a tenth of an exchange over a kept connection.
 */

/** The members of `AbortController` that are used here; its signal has no `onabort` and is no `EventTarget`. */
export class LightAbortController {
  readonly #signal = new LightSignal();

  /** `aborted`, `reason`, `addEventListener` and `removeEventListener` for `abort`; listeners must not throw. */
  get signal(): AbortSignal {
    // Documented as this part of an AbortSignal; the rest is never touched by what it is given to.
    return this.#signal as unknown as AbortSignal;
  }

  /** Tells every listener, once; later calls do nothing. */
  abort(reason?: unknown): void {
    this.#signal.abort(reason);
  }
}

class LightSignal {
  aborted = false;
  reason: unknown;
  readonly #listeners = new Set<() => void>();

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}
