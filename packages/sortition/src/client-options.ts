/** What a client is made of. */

import type { LeanOptions } from '@sortition/client';
import { hasMethods, invalidOption } from '@sortition/client/internal';
import type { CmabSource, EventSink, Odp, UserProfileStore, VuidSource } from '@sortition/core';

/** Options of `createClient`. */
export interface ClientOptions extends Omit<LeanOptions, 'parts'> {
  /** Keeps the variations users saw: `createMemoryProfileStore()`, a Redis store, or your own. */
  readonly profiles?: UserProfileStore | undefined;
  /** Real-time segments and ODP events. */
  readonly odp?: Odp | undefined;
  /** Where impressions and conversions go; `null` says "none, on purpose", absent is reported once. */
  readonly events?: EventSink | null | undefined;
  /** Predictions for contextual bandits; asynchronous decisions only. */
  readonly cmab?: CmabSource | undefined;
  /** The visitor id of this browser. */
  readonly vuid?: VuidSource | undefined;
  /** Total for a profile lookup, and for a save, in milliseconds; 250 unless given. */
  readonly profileTimeoutMs?: number | undefined;
}

/** Refuses parts that cannot work; the rest is checked where the client is composed. @throws SdkError `invalid-option` */
export function validateParts(options: ClientOptions): void {
  const check = (
    option: keyof ClientOptions,
    expected: string,
    isValid: (value: unknown) => boolean,
    absent?: null,
  ): void => {
    const got: unknown = options[option];
    if (got !== undefined && got !== absent && !isValid(got)) throw invalidOption(option, expected, got);
  };
  check('events', 'an event sink, or null for none', (value) => hasMethods(value, 'record'), null);
  check('odp', 'createOdp()', (value) => hasMethods(value, 'fetchSegments', 'sendEvent', 'configure'));
  check('cmab', 'createCmabSource()', (value) => hasMethods(value, 'predict'));
  check('vuid', 'a source of visitor ids', (value) => hasMethods(value, 'load', 'current'));
  check('profiles', 'a store with "lookup", "save" or "assign"', isStore);
  check(
    'profileTimeoutMs',
    'milliseconds above 0',
    (value) => Number.isFinite(value) && (value as number) > 0 && (value as number) < 2 ** 31,
  );
}

/** A store has at least one of the methods, and each it has is a function. */
function isStore(value: unknown): boolean {
  const store = value as UserProfileStore | null;
  const present = [store?.lookup, store?.save, store?.assign].filter((method: unknown) => method !== undefined);
  return typeof value === 'object' && present.length > 0 && present.every((method) => typeof method === 'function');
}
