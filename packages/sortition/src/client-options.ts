/** What a client is made of. */
import {
  type CmabSource,
  type ConfigSource,
  type DecideOption,
  type EventSink,
  type Logger,
  type Odp,
  SdkError,
  type UserProfileStore,
  type VuidSource,
} from '@sortition/core';

/** Options of `createClient`. */
export interface ClientOptions {
  /** `createStaticConfig(…)`, `createPollingConfig(…)`, or your own. */
  readonly config: ConfigSource;
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
  /** Apply to every decide call, together with the call's own. */
  readonly defaultDecideOptions?: readonly DecideOption[] | undefined;
  /** Total for a profile lookup, and for a save, in milliseconds; 250 unless given. */
  readonly profileTimeoutMs?: number | undefined;
  /** Serverless and edge: work that goes on after an answer is handed over instead of floating. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Warnings and errors go to the console unless given; `false`: silent. */
  readonly logger?: Logger | false | undefined;
  /** As reported in events; name and version must not be empty. */
  readonly clientName?: string | undefined;
  readonly clientVersion?: string | undefined;
}

/** Refuses options that cannot work. @throws SdkError `invalid-option` */
export function validateClientOptions(options: ClientOptions): void {
  const check = (
    option: keyof ClientOptions,
    expected: string,
    isValid: (value: unknown) => boolean,
    absent?: null | false,
  ): void => {
    const got: unknown = options[option];
    const isAbsent = option !== 'config' && (got === undefined || got === absent);
    if (!isAbsent && !isValid(got)) throw invalid(option, expected, got);
  };
  check('config', 'a config source such as createStaticConfig({ datafile })', hasMethods('current', 'subscribe'));
  check('events', 'an event sink, or null for none', hasMethods('record'), null);
  check('odp', 'createOdp()', hasMethods('fetchSegments', 'sendEvent', 'configure'));
  check('cmab', 'createCmabSource()', hasMethods('predict'));
  check('vuid', 'a source of visitor ids', hasMethods('load', 'current'));
  const levels = ['debug', 'info', 'warn', 'error'];
  check('logger', 'an object with "debug", "info", "warn" and "error", or false', hasMethods(...levels), false);
  check('profiles', 'a store with "lookup", "save" or "assign"', isStore);
  check('waitUntil', 'a function', (value) => typeof value === 'function');
  check('defaultDecideOptions', 'an array of decide options', Array.isArray);
  const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
  check('clientName', 'a text that is not empty', isName);
  check('clientVersion', 'a text that is not empty', isName);
  const { profileTimeoutMs = 1 } = options;
  if (!(Number.isFinite(profileTimeoutMs) && profileTimeoutMs > 0 && profileTimeoutMs < 2 ** 31)) {
    throw invalid('profileTimeoutMs', 'milliseconds above 0', profileTimeoutMs);
  }
}

function hasMethods(...methods: readonly string[]): (value: unknown) => boolean {
  return (value) =>
    typeof value === 'object' &&
    methods.every((method) => typeof (value as Record<string, unknown> | null)?.[method] === 'function');
}

/** A store has one of the methods, and what it has of them can be called. */
function isStore(value: unknown): boolean {
  const store = value as UserProfileStore | null;
  const present = [store?.lookup, store?.save, store?.assign].filter((method: unknown) => method !== undefined);
  return typeof value === 'object' && present.length > 0 && present.every((method) => typeof method === 'function');
}

function invalid(option: string, expected: string, got: unknown): SdkError {
  const shown = typeof got === 'number' || got === null ? String(got) : got === '' ? 'an empty text' : typeof got;
  return new SdkError('invalid-option', `The option "${option}" of createClient must be ${expected}, got ${shown}.`);
}
