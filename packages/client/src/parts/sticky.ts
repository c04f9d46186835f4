/** Sticky assignments: users keep the variation they were given. */
import { SdkError, type UserProfileStore } from '@sortition/core';
import type { Part } from '../part.ts';
import { createProfiles } from './profiles/guarded-store.ts';

/** Options of `sticky`. */
export interface StickyOptions {
  /** Total for a profile lookup, and for a save, in milliseconds; 250 unless given. The decision then goes on without. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 250;

/**
 * Keeps the variations users were given in a store.
 *
 * @param store `createMemoryProfileStore()` of `@sortition/profile-memory`, a Redis store, or your own `{ lookup, save }`. The
 *   client closes it.
 * @throws SdkError `invalid-option` when the store has none of the methods of one, or the timeout is not above 0
 */
export function sticky(store: UserProfileStore, options?: StickyOptions): Part<never> {
  const { timeoutMs = TIMEOUT_MS } = options ?? {};
  if (!store?.lookup && !store?.save && !store?.assign) {
    throw new SdkError('invalid-option', 'The store of sticky has no method "lookup", "save" or "assign".');
  }
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) {
    throw new SdkError(
      'invalid-option',
      `The option "timeoutMs" of sticky must be milliseconds above 0, got ${timeoutMs}.`,
    );
  }
  return (client) => {
    const attach = () => store.attach?.(client.host);
    client.problems.guard('profiles', 'attach', attach);
    return {
      part: 'profiles',
      profiles: createProfiles(store, client, timeoutMs),
      settle: (limits) => store.flush?.(limits),
      end: () => store.close?.(),
    };
  };
}
