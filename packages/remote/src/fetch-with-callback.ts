/** The callback form of a fetch, the same for every client. */
import type { RemoteClient, RemoteFetchOptions, VariantsCallback } from './remote-fetch.ts';
import type { RemoteUser } from './remote-user.ts';

/**
 * Runs the callback exactly once, with the variants or with `fallback ?? {}` and the error, and resolves after it; never
 * rejects.
 *
 * @param onCallbackError Told what the callback threw or rejected with; must not throw.
 */
export async function fetchWithCallback(
  fetch: RemoteClient['fetch'],
  call: { readonly user: RemoteUser; readonly callback?: VariantsCallback; readonly options?: RemoteFetchOptions },
  onCallbackError: (error: unknown) => void,
): Promise<void> {
  const { user, callback, options: { fallback, ...options } = {} } = call;
  const outcome: Parameters<VariantsCallback> = await fetch(user, options).then(
    (variants) => [user, variants],
    (error: unknown) => [user, fallback ?? {}, error],
  );
  try {
    const result: unknown = callback?.(...outcome);
    // An async callback is not waited for, but its rejection must be heard.
    Promise.resolve(result).catch(onCallbackError);
  } catch (error) {
    onCallbackError(error);
  }
}
