/** Sticky assignments: users keep the variation they were given. */
import type { UserProfileStore } from '@sortition/core';
import { invalidOption } from '@sortition/core/internal';
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
    throw invalidOption('sticky', 'store', 'a store with "lookup", "save" or "assign"', store);
  }
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) {
    throw invalidOption('sticky', 'timeoutMs', 'milliseconds above 0', timeoutMs);
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
