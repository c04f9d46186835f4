/** Sticky assignments: users keep the variation they were given. */
import type { UserProfileStore } from '@sortition/core';
import { withDeadline } from '../deadline.ts';
import { checkValue, type OptionRule } from '../option-rules.ts';
import type { Part, PartLimits } from '../part.ts';
import { createProfiles } from './profiles/guarded-store.ts';

/** Options of `sticky`. */
export interface StickyOptions {
  /** Total for a profile lookup, and for a save, in milliseconds; 250 unless given. The decision then goes on without. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 250;

/** Kept back for closing the store, at most, from the time for what the store has to write. */
const CLOSING_MS = 100;

/** What assignments may be kept in: each of the methods it has is a function, and it has one at least. */
export const STORE: OptionRule = [
  'a store with "lookup", "save" or "assign"',
  (value) => {
    const { lookup, save, assign } = Object(value);
    const methods = [lookup, save, assign].filter((method) => method !== undefined);
    return typeof value === 'object' && methods.length > 0 && methods.every((method) => typeof method === 'function');
  },
];

export const STORE_TIMEOUT: OptionRule = [
  'milliseconds above 0',
  (value) => typeof value === 'number' && value > 0 && value < 2 ** 31,
];

/**
 * Keeps the variations users were given in a store.
 *
 * @param store `createMemoryProfileStore()` of `@sortition/profile-memory`, a Redis store, or your own `{ lookup, save }`. The
 *   client closes it.
 * @throws SdkError `invalid-option` when the store has none of the methods of one, or the timeout is not above 0
 */
export function sticky(store: UserProfileStore, options?: StickyOptions): Part<never> {
  const { timeoutMs = TIMEOUT_MS } = options ?? {};
  checkValue('sticky', 'store', store, STORE);
  checkValue('sticky', 'timeoutMs', timeoutMs, STORE_TIMEOUT);
  return (client) => {
    const attach = () => store.attach?.(client.host);
    client.problems.guard('profiles', 'attach', attach);
    /** What goes on in the background may give the store something to write. */
    const flush = async (limits: PartLimits): Promise<undefined> => {
      await client.settled();
      await store.flush?.(limits);
    };
    return {
      part: 'profiles',
      profiles: createProfiles(store, client, timeoutMs),
      flush,
      async close({ timeoutMs: total }) {
        const end = Date.now() + total;
        const reserveMs = Math.min(CLOSING_MS, total / 4);
        const flushing = { timeoutMs: total - reserveMs };
        const closeStore = () => {
          const closing = { timeoutMs: Math.max(reserveMs, end - Date.now()) };
          return withDeadline('Closing the profile store', closing, () => store.close?.());
        };
        const flushed = withDeadline('Flushing the profile store', flushing, () => flush(flushing));
        // When both fail, it is the flush that is told: what was not written is lost.
        await flushed.then(closeStore, closeStore).finally(() => flushed);
        return undefined;
      },
    };
  };
}
