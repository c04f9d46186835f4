/** Loading the data that synchronous decisions need. */
import { clientOf, insideOf, type Opened } from '../client-internals.ts';
import type { LeanUser } from '../lean-user.ts';
import { readFields } from '../read-input.ts';
import type { AnyFlags, FlagMap } from '../typed-flags.ts';
import { fetchQualifiedSegments } from './fetch-qualified-segments.ts';

/** Options of `load`. */
export interface LoadOptions {
  /** Stored assignments; `true` by default. */
  readonly profile?: boolean | undefined;
  /** Segments; `true` by default, if the client has ODP. */
  readonly segments?: boolean | undefined;
  /** Total, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns whether `load` has anything to load: stored assignments, or segments of a platform.
 *
 * @throws SdkError `invalid-option` when `client` is not a client
 */
export function canLoad(client: object): boolean {
  const { profiles, platform } = clientOf(client).steps;
  return profiles !== undefined || platform?.hasSegments === true;
}

/**
 * Loads stored assignments and segments into the context once, so that synchronous decisions use them. Never rejects
 * for a user context.
 *
 * @throws SdkError `invalid-user`, as a rejection, when `user` is not a user context
 */
export async function load<F extends FlagMap<F> = AnyFlags, R = unknown>(
  user: LeanUser<F, R>,
  options?: LoadOptions,
): Promise<void> {
  const { client, user: snapshot } = insideOf(user);
  const given = readFields(options, 'profile', 'segments', 'timeoutMs', 'signal');
  const { profile = true, segments = true } = given;
  const { profiles, platform } = client.steps;
  const loading: Promise<unknown>[] = [];
  if (profile && profiles) {
    loading.push(
      profiles.load(snapshot, given).then((loaded) => {
        const inside = insideOf(user);
        // A failed lookup does not replace a profile that was loaded before.
        if (!loaded.reason || !inside.loaded) (user as unknown as Opened)['sortition.user']({ ...inside, loaded });
      }),
    );
  }
  if (segments && platform?.hasSegments) loading.push(fetchQualifiedSegments(user, given));
  await Promise.all(loading);
}
