/** The callback form of a fetch, the same for every client. */
import type { RemoteClient, VariantsCallback } from './remote-fetch.ts';

/**
 * Makes `fetchAsync` of `fetch`: it runs the callback exactly once, with the variants or with `fallback ?? {}` and the
 * error, and resolves after it; never rejects.
 *
 * @param waitUntil Is handed the work.
 * @param onCallbackError Told what the callback threw or rejected with; must not throw.
 */
export function createFetchAsync(
  fetch: RemoteClient['fetch'],
  waitUntil: ((work: Promise<unknown>) => void) | null | undefined,
  onCallbackError: (error: unknown) => void,
): RemoteClient['fetchAsync'] {
  return (user, callback, options) => {
    const { fallback, ...asked } = options ?? {};
    const work = fetch(user, asked)
      .then(
        (variants): Parameters<VariantsCallback> => [user, variants],
        (error: unknown): Parameters<VariantsCallback> => [user, fallback ?? {}, error],
      )
      .then((outcome) => {
        const result: unknown = callback?.(...outcome);
        // An async callback is not waited for, but its rejection must be heard.
        Promise.resolve(result).catch(onCallbackError);
      })
      .catch(onCallbackError);
    waitUntil?.(work);
    return work;
  };
}
