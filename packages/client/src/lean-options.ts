/** The options of a client of parts. */
import type { ConfigSource, DecideOption, Logger, Reason } from '@sortition/core';
import { hasMethods } from '@sortition/core/internal';
import { LEVELS } from './logger.ts';
import { hasThese, type OptionRule, type OptionRules } from './option-rules.ts';
import type { Part } from './part.ts';

/** Options of `createClient`. */
export interface LeanOptions<R = Reason | string> {
  /** `createStaticConfig(…)`, `createPollingConfig(…)`, or your own. */
  readonly config: ConfigSource;
  /** Features, in any order: `recordTo(…)`, `sticky(…)`, `bandits(…)`, `platform(…)`, `reasonTexts`, or your own. */
  readonly parts?: readonly Part<R>[] | undefined;
  /** Options for every decide call, in addition to those of the call. */
  readonly defaultDecideOptions?: readonly DecideOption[] | undefined;
  /** Serverless and edge: receives the promises of work that continues after a response. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** By default warnings and errors go to the console; `false` is silent. */
  readonly logger?: Logger | false | undefined;
  /** Name and version in events; they must not be empty. */
  readonly clientName?: string | undefined;
  readonly clientVersion?: string | undefined;
}

const NAME: OptionRule = ['a string that is not empty', (value) => typeof value === 'string' && value !== ''];

/** What each option must be. */
export const LEAN_RULES: OptionRules<LeanOptions> = {
  config: /* @__PURE__ */ hasThese(
    ['current', 'subscribe'],
    'a config source such as createStaticConfig({ datafile })',
  ),
  parts: ['an array of functions', (parts) => Array.isArray(parts) && parts.every(isFunction)],
  defaultDecideOptions: ['an array of decide options', Array.isArray],
  waitUntil: ['a function', isFunction],
  logger: [
    'an object with "debug", "info", "warn" and "error", or false',
    (logger) => logger === false || hasMethods(logger, LEVELS),
  ],
  clientName: NAME,
  clientVersion: NAME,
};

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
