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
  /** As reported in events. */
  readonly clientName?: string | undefined;
  readonly clientVersion?: string | undefined;
}

/** Refuses options that cannot work. @throws SdkError `invalid-option` */
export function validateClientOptions(options: ClientOptions): void {
  const config: unknown = options?.config;
  if (!hasMethods(config, ['current', 'subscribe'])) {
    throw invalid('config', 'a config source such as createStaticConfig({ datafile })', config);
  }
  const { events, odp, cmab, vuid, profiles, profileTimeoutMs, defaultDecideOptions, waitUntil, logger } = options;
  if (events && !hasMethods(events, ['record'])) throw invalid('events', 'an event sink, or null for none', events);
  if (odp && !hasMethods(odp, ['fetchSegments', 'sendEvent', 'configure'])) throw invalid('odp', 'createOdp()', odp);
  if (cmab && !hasMethods(cmab, ['predict'])) throw invalid('cmab', 'createCmabSource()', cmab);
  if (vuid && !hasMethods(vuid, ['load', 'current'])) throw invalid('vuid', 'a source of visitor ids', vuid);
  if (logger && !hasMethods(logger, ['debug', 'info', 'warn', 'error'])) {
    throw invalid('logger', 'an object with "debug", "info", "warn" and "error", or false', logger);
  }
  if (waitUntil !== undefined && typeof waitUntil !== 'function') throw invalid('waitUntil', 'a function', waitUntil);
  if (defaultDecideOptions !== undefined && !Array.isArray(defaultDecideOptions)) {
    throw invalid('defaultDecideOptions', 'an array of decide options', defaultDecideOptions);
  }
  if (profiles && !['lookup', 'save', 'assign'].some((method) => hasMethods(profiles, [method]))) {
    throw invalid('profiles', 'a store with "lookup", "save" or "assign"', profiles);
  }
  if (profileTimeoutMs !== undefined && !(profileTimeoutMs > 0 && profileTimeoutMs < 2 ** 31)) {
    throw invalid('profileTimeoutMs', 'milliseconds above 0', profileTimeoutMs);
  }
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
  );
}

function invalid(option: string, expected: string, got: unknown): SdkError {
  const shown = typeof got === 'number' ? String(got) : got === null ? 'null' : typeof got;
  return new SdkError('invalid-option', `The option "${option}" of createClient must be ${expected}, got ${shown}.`);
}
