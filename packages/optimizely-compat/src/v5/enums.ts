/**
 * Enumerations of version 5. The tables of log and error texts of the official SDK are not among them: the texts here are
 * Sortition's own.
 */
import {
  DECISION_NOTIFICATION_TYPES,
  type OptimizelySegmentOption as SegmentOption,
  type SegmentOptions,
} from '../contract/enums.ts';

/** Severity of a log line. */
export type LogLevel = number;
/** Severity of a log line, by name and by number. */
export const LogLevel: Readonly<Record<'NOTSET' | 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR', number>> & {
  readonly [level: number]: string;
} = {
  0: 'NOTSET',
  1: 'DEBUG',
  2: 'INFO',
  3: 'WARNING',
  4: 'ERROR',
  NOTSET: 0,
  DEBUG: 1,
  INFO: 2,
  WARNING: 3,
  ERROR: 4,
} as never;

/** Severity of a log line, by name. */
export const LOG_LEVEL: Readonly<Record<'NOTSET' | 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR', number>> = {
  NOTSET: 0,
  DEBUG: 1,
  INFO: 2,
  WARNING: 3,
  ERROR: 4,
};

/** How segments are fetched. */
export type OptimizelySegmentOption = SegmentOption;
/** How segments are fetched; each value is its own name. */
export const OptimizelySegmentOption: SegmentOptions = {
  IGNORE_CACHE: 'IGNORE_CACHE',
  RESET_CACHE: 'RESET_CACHE',
} as never;

/** The options that version 5 has, and those that the calls of version 6 added. */
export { OptimizelyDecideOption } from '../contract/enums.ts';

/** The types of notifications, with the names of version 5. */
export const NOTIFICATION_TYPES: {
  readonly ACTIVATE: 'ACTIVATE:experiment, user_id,attributes, variation, event';
  readonly DECISION: 'DECISION:type, userId, attributes, decisionInfo';
  readonly LOG_EVENT: 'LOG_EVENT:logEvent';
  readonly OPTIMIZELY_CONFIG_UPDATE: 'OPTIMIZELY_CONFIG_UPDATE';
  readonly TRACK: 'TRACK:event_key, user_id, attributes, event_tags, event';
} = {
  ACTIVATE: 'ACTIVATE:experiment, user_id,attributes, variation, event',
  DECISION: 'DECISION:type, userId, attributes, decisionInfo',
  LOG_EVENT: 'LOG_EVENT:logEvent',
  OPTIMIZELY_CONFIG_UPDATE: 'OPTIMIZELY_CONFIG_UPDATE',
  TRACK: 'TRACK:event_key, user_id, attributes, event_tags, event',
};

/** The version that events name. */
export const CLIENT_VERSION = '5.4.1';

type Texts<Name extends string> = Readonly<Record<Name, string>>;

/** What version 5 has under `enums`; members without a type here exist at run time only. */
export interface EnumsV5 extends Readonly<Record<string, unknown>> {
  readonly LOG_LEVEL: typeof LOG_LEVEL;
  readonly NOTIFICATION_TYPES: typeof NOTIFICATION_TYPES;
  readonly DECISION_NOTIFICATION_TYPES: typeof DECISION_NOTIFICATION_TYPES;
  readonly DECISION_SOURCES: Texts<'FEATURE_TEST' | 'ROLLOUT' | 'EXPERIMENT'>;
  readonly CONTROL_ATTRIBUTES: Texts<
    'BOT_FILTERING' | 'BUCKETING_ID' | 'STICKY_BUCKETING_KEY' | 'USER_AGENT' | 'FORCED_DECISION_NULL_RULE_KEY'
  >;
  readonly FEATURE_VARIABLE_TYPES: Texts<'BOOLEAN' | 'DOUBLE' | 'INTEGER' | 'STRING' | 'JSON'>;
  readonly DATAFILE_VERSIONS: Texts<'V2' | 'V3' | 'V4'>;
  readonly DECISION_MESSAGES: Texts<'SDK_NOT_READY' | 'FLAG_KEY_INVALID' | 'VARIABLE_VALUE_INVALID'>;
  readonly CLIENT_VERSION: string;
  readonly NODE_CLIENT_ENGINE: string;
  readonly JAVASCRIPT_CLIENT_ENGINE: string;
  readonly REACT_CLIENT_ENGINE: string;
  readonly REACT_NATIVE_CLIENT_ENGINE: string;
}

/** Everything that version 5 has under `enums`, but for its texts. */
export const enums: EnumsV5 = {
  LOG_LEVEL,
  CONTROL_ATTRIBUTES: {
    BOT_FILTERING: '$opt_bot_filtering',
    BUCKETING_ID: '$opt_bucketing_id',
    STICKY_BUCKETING_KEY: '$opt_experiment_bucket_map',
    USER_AGENT: '$opt_user_agent',
    FORCED_DECISION_NULL_RULE_KEY: '$opt_null_rule_key',
  },
  JAVASCRIPT_CLIENT_ENGINE: 'javascript-sdk',
  NODE_CLIENT_ENGINE: 'node-sdk',
  REACT_CLIENT_ENGINE: 'react-sdk',
  REACT_NATIVE_CLIENT_ENGINE: 'react-native-sdk',
  REACT_NATIVE_JS_CLIENT_ENGINE: 'react-native-js-sdk',
  CLIENT_VERSION,
  DECISION_NOTIFICATION_TYPES,
  DECISION_SOURCES: { FEATURE_TEST: 'feature-test', ROLLOUT: 'rollout', EXPERIMENT: 'experiment' },
  AUDIENCE_EVALUATION_TYPES: { RULE: 'rule', EXPERIMENT: 'experiment' },
  FEATURE_VARIABLE_TYPES: { BOOLEAN: 'boolean', DOUBLE: 'double', INTEGER: 'integer', STRING: 'string', JSON: 'json' },
  DATAFILE_VERSIONS: { V2: '2', V3: '3', V4: '4' },
  DECISION_MESSAGES: {
    SDK_NOT_READY: 'Optimizely SDK not configured properly yet.',
    FLAG_KEY_INVALID: 'No flag was found for key "%s".',
    VARIABLE_VALUE_INVALID: 'Variable value for key "%s" is invalid or wrong type.',
  },
  NOTIFICATION_TYPES,
  REQUEST_TIMEOUT_MS: 60_000,
  REQUEST_TIMEOUT_ODP_SEGMENTS_MS: 10_000,
  REQUEST_TIMEOUT_ODP_EVENTS_MS: 10_000,
  ODP_USER_KEY: { VUID: 'vuid', FS_USER_ID: 'fs_user_id' },
  FS_USER_ID_ALIAS: 'fs-user-id',
  ODP_DEFAULT_EVENT_TYPE: 'fullstack',
  ODP_EVENT_ACTION: { IDENTIFIED: 'identified', INITIALIZED: 'client_initialized' },
};
