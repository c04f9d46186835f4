/** Loading what synchronous decisions need. */
import { clientOf, insideOf, type Opened } from '../client-internals.ts';
import type { LeanUser } from '../lean-user.ts';
import { readFields } from '../read-input.ts';
import type { AnyFlags, FlagMap } from '../typed-flags.ts';
import { fetchQualifiedSegments } from './fetch-qualified-segments.ts';

/** What `load` brings into a context. */
export interface LoadOptions {
  /** Stored assignments; `true` unless given. */
  readonly profile?: boolean | undefined;
  /** Segments; `true` unless given, where the client has ODP. */
  readonly segments?: boolean | undefined;
  /** Total, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Whether there is anything that `load` would bring: stored assignments, or segments of a platform.
 *
 * @throws SdkError `invalid-option` when `client` is not a client
 */
export function canLoad(client: object): boolean {
  const { profiles, platform } = clientOf(client).steps;
  return profiles !== undefined || platform?.hasSegments === true;
}

/**
 * Brings stored assignments and segments into the context once, so that synchronous decisions see them. Never rejects for a
 * user context.
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
        // A profile that could not be looked up does not replace one that could.
        if (!loaded.reason || !inside.loaded) (user as unknown as Opened)['sortition.user']({ ...inside, loaded });
      }),
    );
  }
  if (segments && platform?.hasSegments) loading.push(fetchQualifiedSegments(user, given));
  await Promise.all(loading);
}
