/** Calls into code of the application: listeners, callbacks and its own parts. They may throw or reject. */

/**
 * Calls a synchronous function. An error that it throws goes to `fail` and no further, and so does the rejection of a
 * returned promise. Returns the result; `undefined` when the call failed or returned a promise.
 */
export function callPart<T>(call: () => T, fail: (cause: unknown) => void): T | undefined {
  try {
    const answer = call();
    if (!isThenable(answer)) return answer;
    Promise.resolve(answer).catch(fail);
  } catch (cause) {
    fail(cause);
  }
  return undefined;
}

/** Does the same without reporting a failure. */
export function tryPart<T>(call: () => T): T | undefined {
  return callPart(call, () => undefined);
}

/** Tells whether a value can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
