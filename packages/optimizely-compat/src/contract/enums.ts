/**
 * Enumerations of the official SDK. They are declared as enums, so that values of one SDK fit the types of the other, and
 * defined as plain objects, because enums are no part of JavaScript.
 */

// biome-ignore lint/style/noNamespace: declares enums whose names other SDKs use too; a module cannot hold them beside the objects.
declare namespace Declared {
  enum LogLevel {
    Debug = 0,
    Info = 1,
    Warn = 2,
    Error = 3,
  }

  enum OptimizelyDecideOption {
    DISABLE_DECISION_EVENT = 'DISABLE_DECISION_EVENT',
    ENABLED_FLAGS_ONLY = 'ENABLED_FLAGS_ONLY',
    IGNORE_USER_PROFILE_SERVICE = 'IGNORE_USER_PROFILE_SERVICE',
    INCLUDE_REASONS = 'INCLUDE_REASONS',
    EXCLUDE_VARIABLES = 'EXCLUDE_VARIABLES',
    IGNORE_CMAB_CACHE = 'IGNORE_CMAB_CACHE',
    RESET_CMAB_CACHE = 'RESET_CMAB_CACHE',
    INVALIDATE_USER_CMAB_CACHE = 'INVALIDATE_USER_CMAB_CACHE',
  }

  enum OptimizelySegmentOption {
    IGNORE_CACHE = 'IGNORE_CACHE',
    RESET_CACHE = 'RESET_CACHE',
  }

  enum VariableType {
    BOOLEAN = 'boolean',
    DOUBLE = 'double',
    INTEGER = 'integer',
    STRING = 'string',
    JSON = 'json',
  }
}

/** Severity of a log line, from 0 (`Debug`) to 3 (`Error`). */
export type LogLevel = Declared.LogLevel;
/** Severity of a log line, by name and by number. */
export const LogLevel: typeof Declared.LogLevel = {
  0: 'Debug',
  1: 'Info',
  2: 'Warn',
  3: 'Error',
  Debug: 0,
  Info: 1,
  Warn: 2,
  Error: 3,
} as never;

/** How a decide call decides. */
export type OptimizelyDecideOption = Declared.OptimizelyDecideOption;
/** How a decide call decides; each value is its own name. */
export const OptimizelyDecideOption: typeof Declared.OptimizelyDecideOption = {
  DISABLE_DECISION_EVENT: 'DISABLE_DECISION_EVENT',
  ENABLED_FLAGS_ONLY: 'ENABLED_FLAGS_ONLY',
  IGNORE_USER_PROFILE_SERVICE: 'IGNORE_USER_PROFILE_SERVICE',
  INCLUDE_REASONS: 'INCLUDE_REASONS',
  EXCLUDE_VARIABLES: 'EXCLUDE_VARIABLES',
  IGNORE_CMAB_CACHE: 'IGNORE_CMAB_CACHE',
  RESET_CMAB_CACHE: 'RESET_CMAB_CACHE',
  INVALIDATE_USER_CMAB_CACHE: 'INVALIDATE_USER_CMAB_CACHE',
} as never;

/** How segments are fetched. The official SDK exports the type alone; the texts `'IGNORE_CACHE'` and `'RESET_CACHE'` are its values. */
export type OptimizelySegmentOption = Declared.OptimizelySegmentOption;
/** The object of those options, which version 5 exports. */
export type SegmentOptions = typeof Declared.OptimizelySegmentOption;

/** Type of a variable. */
export type VariableType = Declared.VariableType;

/** The types of notifications; each value equals its name. */
export const NOTIFICATION_TYPES: {
  readonly [Name in 'ACTIVATE' | 'DECISION' | 'LOG_EVENT' | 'OPTIMIZELY_CONFIG_UPDATE' | 'TRACK']: Name;
} = {
  ACTIVATE: 'ACTIVATE',
  DECISION: 'DECISION',
  LOG_EVENT: 'LOG_EVENT',
  OPTIMIZELY_CONFIG_UPDATE: 'OPTIMIZELY_CONFIG_UPDATE',
  TRACK: 'TRACK',
};

/** Kinds of `DECISION` notifications: by the call that decided. */
export const DECISION_NOTIFICATION_TYPES: {
  readonly AB_TEST: 'ab-test';
  readonly FEATURE: 'feature';
  readonly FEATURE_TEST: 'feature-test';
  readonly FEATURE_VARIABLE: 'feature-variable';
  readonly ALL_FEATURE_VARIABLES: 'all-feature-variables';
  readonly FLAG: 'flag';
} = {
  AB_TEST: 'ab-test',
  FEATURE: 'feature',
  FEATURE_TEST: 'feature-test',
  FEATURE_VARIABLE: 'feature-variable',
  ALL_FEATURE_VARIABLES: 'all-feature-variables',
  FLAG: 'flag',
};

/** What kind of rule decided. */
export const DECISION_SOURCES: {
  readonly FEATURE_TEST: 'feature-test';
  readonly ROLLOUT: 'rollout';
  readonly EXPERIMENT: 'experiment';
  readonly HOLDOUT: 'holdout';
} = {
  FEATURE_TEST: 'feature-test',
  ROLLOUT: 'rollout',
  EXPERIMENT: 'experiment',
  HOLDOUT: 'holdout',
};

/** What kind of rule decided. */
export type DecisionSource = (typeof DECISION_SOURCES)[keyof typeof DECISION_SOURCES];
