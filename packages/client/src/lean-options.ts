/** What a client of parts is made of. */
import type { ConfigSource, DecideOption, Logger, Reason } from '@sortition/core';
import { checkOption, hasMethods, invalidOption, listUnknownOptions } from '@sortition/core/internal';
import { LEVELS } from './logger.ts';
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

const NAMES: readonly string[] = [
  'config',
  'parts',
  'defaultDecideOptions',
  'waitUntil',
  'logger',
  'clientName',
  'clientVersion',
] satisfies readonly (keyof LeanOptions)[];

/** Reports options that do not exist. A part, because parts are made when problems can be told. */
export function checkNames(options: object): Part<never> {
  return ({ problems }) => {
    const unknown = listUnknownOptions(OWNER, options, NAMES);
    if (unknown) {
      const message = `${unknown} Features are parts, such as parts: [recordTo(events)].`;
      problems.report({ code: 'unknown-option', part: 'client', message });
    }
    return {};
  };
}

/** Refuses options that cannot work. @throws SdkError `invalid-option` */
export function validateOptions(options: LeanOptions): void {
  const { config } = options;
  if (!hasMethods(config, ['current', 'subscribe'])) {
    throw invalidOption(OWNER, 'config', 'a config source such as createStaticConfig({ datafile })', config);
  }
  const check = (name: keyof LeanOptions, expected: string, isValid: (value: unknown) => boolean): void =>
    checkOption(OWNER, options, name, expected, isValid);
  const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
  check('parts', 'an array of parts', (parts) => Array.isArray(parts) && parts.every(isFunction));
  check(
    'logger',
    'an object with "debug", "info", "warn" and "error", or false',
    (logger) => logger === false || hasMethods(logger, LEVELS),
  );
  check('defaultDecideOptions', 'an array of decide options', Array.isArray);
  check('waitUntil', 'a function', isFunction);
  check('clientName', 'a string that is not empty', isName);
  check('clientVersion', 'a string that is not empty', isName);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
