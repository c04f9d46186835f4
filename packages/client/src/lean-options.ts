/** What a client of parts is made of. */
import { type ConfigSource, type DecideOption, type Logger, type Reason, SdkError } from '@sortition/core';
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

const isFunction = (value: unknown): boolean => typeof value === 'function';
const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Refuses options that cannot work. @throws SdkError `invalid-option` */
export function validateOptions(options: LeanOptions): void {
  const check = (option: keyof LeanOptions, expected: string, isValid: (value: unknown) => boolean): void => {
    const got: unknown = options[option];
    if (got !== undefined && !isValid(got)) throw invalidOption(option, expected, got);
  };
  const { config, logger } = options;
  const source = 'a config source such as createStaticConfig({ datafile })';
  if (!hasMethods(config, 'current', 'subscribe')) throw invalidOption('config', source, config);
  check('parts', 'an array of parts', (parts) => Array.isArray(parts) && parts.every(isFunction));
  if (logger !== false) {
    const isLogger = (value: unknown): boolean => hasMethods(value, 'debug', 'info', 'warn', 'error');
    check('logger', 'an object with "debug", "info", "warn" and "error", or false', isLogger);
  }
  check('waitUntil', 'a function', isFunction);
  check('defaultDecideOptions', 'an array of decide options', Array.isArray);
  check('clientName', 'a text that is not empty', isName);
  check('clientVersion', 'a text that is not empty', isName);
}

/** Tells whether a value is an object with methods of these names. */
export function hasMethods(value: unknown, ...methods: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    methods.every((method) => isFunction((value as Record<string, unknown> | null)?.[method]))
  );
}

/** The error for an option of `createClient`. */
export function invalidOption(option: string, expected: string, got: unknown): SdkError {
  const shown = typeof got === 'number' || got === null ? String(got) : got === '' ? 'an empty text' : typeof got;
  return new SdkError('invalid-option', `The option "${option}" of createClient must be ${expected}, got ${shown}.`);
}
