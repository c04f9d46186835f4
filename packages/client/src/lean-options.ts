/** What a client of parts is made of. */
import type { ConfigSource, DecideOption, Logger, Reason } from '@sortition/core';
import { hasMethods, invalidOption, readFunction, readMethods, readString } from '@sortition/core/internal';
import type { Part } from './part.ts';

/** Options of `createClient`. */
export interface LeanOptions<R = Reason | string> {
  /** `createStaticConfig(…)`, `createPollingConfig(…)`, or your own. */
  readonly config: ConfigSource;
  /** Features, in any order: `recordTo(…)`, `sticky(…)`, `bandits(…)`, `platform(…)`, `reasonTexts`, or your own. */
  readonly parts?: readonly Part<R>[] | undefined;
  /** Apply to every decide call, together with the call's own. */
  readonly defaultDecideOptions?: readonly DecideOption[] | undefined;
  /** Serverless and edge: work that goes on after an answer is handed over instead of floating. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Warnings and errors go to the console unless given; `false`: silent. */
  readonly logger?: Logger | false | undefined;
  /** As reported in events; name and version must not be empty. */
  readonly clientName?: string | undefined;
  readonly clientVersion?: string | undefined;
}

const OWNER = 'createClient';

/** Names of the options. */
const NAMES: readonly (keyof LeanOptions)[] = [
  'config',
  'parts',
  'defaultDecideOptions',
  'waitUntil',
  'logger',
  'clientName',
  'clientVersion',
];

/** What other names for a part would be here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  events: 'parts: [recordTo(events)]',
  eventProcessor: 'parts: [recordTo(events)]',
  profiles: 'parts: [sticky(profiles)]',
  userProfileService: 'parts: [sticky(profiles)]',
  cmab: 'parts: [bandits(cmab)]',
  odp: 'parts: [platform({ odp })]',
  odpManager: 'parts: [platform({ odp })]',
  vuid: 'parts: [platform({ vuid })]',
  projectConfigManager: 'config',
};

/** The options that a kind of client has, for messages. */
export interface OptionNames {
  readonly names: readonly string[];
  /** Name in another SDK to ours. */
  readonly elsewhere: Readonly<Record<string, string>>;
}

/** Those of a client of parts. */
export const LEAN_NAMES: OptionNames = { names: NAMES, elsewhere: ELSEWHERE };

/** Refuses options that cannot work. @throws SdkError `invalid-option` */
export function validateOptions(options: LeanOptions): void {
  const { config, parts = [], logger, defaultDecideOptions = [] } = options;
  if (!hasMethods(config, ['current', 'subscribe'])) {
    throw invalidOption(OWNER, 'config', 'a config source such as createStaticConfig({ datafile })', config);
  }
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'function')) {
    throw invalidOption(OWNER, 'parts', 'an array of parts', parts);
  }
  if (logger !== false) {
    const expected = 'an object with "debug", "info", "warn" and "error", or false';
    readMethods(OWNER, options, 'logger', ['debug', 'info', 'warn', 'error'], expected);
  }
  if (!Array.isArray(defaultDecideOptions)) {
    throw invalidOption(OWNER, 'defaultDecideOptions', 'an array of decide options', defaultDecideOptions);
  }
  readFunction(OWNER, options, 'waitUntil');
  readString(OWNER, options, 'clientName', undefined);
  readString(OWNER, options, 'clientVersion', undefined);
}
