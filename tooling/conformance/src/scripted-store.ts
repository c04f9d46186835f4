/** A profile store that holds what the call at hand says and notes what is done to it. The same on both sides. */
import type { StoredProfile } from './generate-calls.ts';
import type { Observation } from './observation.ts';

/** The documented two-method service, and its script. */
export interface ScriptedStore {
  holds(profile: StoredProfile): void;
  lookup(userId: string): { user_id: string; experiment_bucket_map: Record<string, { variation_id: string }> } | null;
  save(profile: unknown): void;
}

/** @param seen Where the calls are noted, asked for at each call. */
export function createScriptedStore(seen: () => Observation): ScriptedStore {
  let stored: StoredProfile = null;
  return {
    holds(profile) {
      stored = profile;
    },
    lookup(userId) {
      seen().lookups += 1;
      if (stored === 'throws') throw new Error('the store is down');
      return stored === null ? null : { user_id: userId, experiment_bucket_map: structuredClone(stored) };
    },
    save(profile) {
      seen().saves.push(structuredClone(profile));
    },
  };
}

/** The same store behind promises. */
export function toAsyncStore(store: ScriptedStore): object {
  return {
    lookup: async (userId: string) => store.lookup(userId),
    save: async (profile: unknown) => store.save(profile),
  };
}
