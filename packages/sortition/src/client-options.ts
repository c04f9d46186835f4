/** Options of the client with every feature. */
import type { LeanOptions, PlatformOptions } from '@sortition/client';
import {
  LEAN_RULES,
  type OptionRules,
  PLATFORM_RULES,
  PREDICTIONS,
  SINK,
  STORE,
  STORE_TIMEOUT,
} from '@sortition/client/internal';
import type { CmabSource, EventSink, UserProfileStore } from '@sortition/core';

/** Options of `createClient`. */
export interface ClientOptions extends LeanOptions<never>, PlatformOptions {
  /** Keeps the variations users saw: `createMemoryProfileStore()`, a Redis store, or your own. */
  readonly profiles?: UserProfileStore | undefined;
  /**
   * Receives impressions and conversions; `null` means that no events are wanted, and leaving it out is reported once.
   */
  readonly events?: EventSink | null | undefined;
  /** Predictions for contextual bandits; asynchronous decisions only. */
  readonly cmab?: CmabSource | undefined;
  /** Total for a profile lookup, and for a save, in milliseconds; 250 by default. */
  readonly profileTimeoutMs?: number | undefined;
}

/** The rule for each option. */
export const CLIENT_RULES: OptionRules<ClientOptions> = /* @__PURE__ */ Object.assign({}, LEAN_RULES, PLATFORM_RULES, {
  profiles: STORE,
  profileTimeoutMs: STORE_TIMEOUT,
  events: SINK,
  cmab: PREDICTIONS,
});
