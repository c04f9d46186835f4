/** Calls into the parts an application brought, which are foreign code. */

/**
 * Calls a part that answers at once. What it throws goes to `fail` and no further, and so does what an asynchronous one
 * rejects with, where nobody waits. Answers what the part answered; `undefined` when it failed or answered a promise.
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

/** The same where nobody is told of a failure. */
export function tryPart<T>(call: () => T): T | undefined {
  return callPart(call, () => undefined);
}

/** Tells whether a value can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
