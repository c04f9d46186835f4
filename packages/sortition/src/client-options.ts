/** What a client is made of. */

import type { LeanOptions, Part } from '@sortition/client';
import type { CmabSource, EventSink, Odp, UserProfileStore, VuidSource } from '@sortition/core';
import { checkOption, describeUnknownName, hasMethods } from '@sortition/core/internal';

/** Options of `createClient`. */
export interface ClientOptions extends LeanOptions<never> {
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

const NAMES: readonly string[] = [
  'config',
  'events',
  'profiles',
  'profileTimeoutMs',
  'odp',
  'vuid',
  'cmab',
  'parts',
  'defaultDecideOptions',
  'waitUntil',
  'logger',
  'clientName',
  'clientVersion',
] satisfies readonly (keyof ClientOptions)[];

/** What other SDKs call them. */
const ELSEWHERE = {
  projectConfigManager: 'config',
  sdkKey: 'config: createPollingConfig({ sdkKey })',
  datafile: 'config: createStaticConfig({ datafile })',
  eventProcessor: 'events',
  eventDispatcher: 'events',
  userProfileService: 'profiles',
  odpManager: 'odp',
  vuidManager: 'vuid',
  errorNotifier: "client.on('problem')",
  clientEngine: 'clientName',
};

/** Reports options that do not exist. A part, because parts are made when problems can be told. */
export function checkNames(options: object): Part<never> {
  return ({ problems }) => {
    const unknown = Object.keys(options).filter((name) => !NAMES.includes(name));
    const sentences = unknown.map((name) => describeUnknownName('option', 'createClient', name, NAMES, ELSEWHERE));
    const message = sentences.slice(0, 10).join(' ');
    if (message) problems.report({ code: 'unknown-option', part: 'client', message });
    return {};
  };
}

/** Refuses parts that cannot work; the rest is checked where the client is composed. @throws SdkError `invalid-option` */
export function validateParts(options: ClientOptions): void {
  const check = (name: keyof ClientOptions, expected: string, isValid: (value: unknown) => boolean): void =>
    checkOption('createClient', options, name, expected, isValid);
  const isSink = (value: unknown): boolean => value === null || hasMethods(value, ['record']);
  const isDelay = (value: unknown): boolean => typeof value === 'number' && value > 0 && value < 2 ** 31;
  check('events', 'an event sink, or null for none', isSink);
  check('odp', 'createOdp()', (value) => hasMethods(value, ['fetchSegments', 'sendEvent', 'configure']));
  check('cmab', 'createCmabSource()', (value) => hasMethods(value, ['predict']));
  check('vuid', 'a source of visitor ids', (value) => hasMethods(value, ['load', 'current']));
  check('profiles', 'a store with "lookup", "save" or "assign"', isStore);
  check('profileTimeoutMs', 'milliseconds above 0', isDelay);
}

/** A store has at least one of the methods, and each it has is a function. */
function isStore(value: unknown): boolean {
  const store = value as UserProfileStore | null;
  const present = [store?.lookup, store?.save, store?.assign].filter((method: unknown) => method !== undefined);
  return typeof value === 'object' && present.length > 0 && present.every((method) => typeof method === 'function');
}
