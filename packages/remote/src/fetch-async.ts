/** The callback form of a fetch, the same for every client. */
import { callPart } from '@sortition/core/internal';
import type { RemoteClient, VariantsCallback } from './remote-fetch.ts';

/**
 * Makes `fetchAsync` of `fetch`: it runs the callback exactly once, with the variants or with `fallback ?? {}` and the
 * error, and resolves after it; never rejects.
 *
 * @param waitUntil Receives the work.
 * @param onFailure Called with errors of the callback or of `waitUntil`; must not throw.
 */
export function createFetchAsync(
  fetch: RemoteClient['fetch'],
  waitUntil: ((work: Promise<unknown>) => void) | null | undefined,
  onFailure: (error: unknown) => void,
): RemoteClient['fetchAsync'] {
  return (user, callback, options) => {
    const { fallback, ...asked } = options ?? {};
    const work = fetch(user, asked)
      .then(
        (variants): Parameters<VariantsCallback> => [user, variants],
        (error: unknown): Parameters<VariantsCallback> => [user, fallback ?? {}, error],
      )
      // An async callback is not awaited, but its rejection must be handled.
      .then((outcome) => void callPart<unknown>(() => callback?.(...outcome), onFailure));
    callPart<unknown>(() => waitUntil?.(work), onFailure);
    return work;
  };
}
