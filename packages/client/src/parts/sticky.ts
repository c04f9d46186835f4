/** Sticky assignments: users keep the variation they were given. */
import type { UserProfileStore } from '@sortition/core';
import { withLimits } from '../deadline.ts';
import { checkValue, type OptionRule } from '../option-rules.ts';
import type { Part, PartLimits } from '../part.ts';
import { createProfiles } from './profiles/guarded-store.ts';

/** Options of `sticky`. */
export interface StickyOptions {
  /**
   * Total for a profile lookup, and for a save, in milliseconds; 250 by default. After that the decision continues
   * without it.
   */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 250;

/** The most that is reserved for closing the store, out of the time for its writes. */
const CLOSING_MS = 100;

/** The rule for profile stores: at least one of the methods is present, and those that are present are functions. */
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
    /** Background work may give the store something to write. */
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
          return withLimits('Closing the profile store', closing, () => store.close?.());
        };
        const flushed = withLimits('Flushing the profile store', flushing, () => flush(flushing));
        // When both fail, the failure of the flush is reported: unsaved assignments are lost.
        await flushed.then(closeStore, closeStore).finally(() => flushed);
        return undefined;
      },
    };
  };
}
