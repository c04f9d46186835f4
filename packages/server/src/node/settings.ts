/** Settings of the program: from flags, environment and file, in that order, checked with messages that name the setting. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SdkError } from 'sortition';
import type { AccessToken } from '../server-options.ts';

/** The settings of the program. */
export interface ProgramSettings {
  readonly port: number;
  readonly host: string;
  /** Path of a datafile; or `null`. */
  readonly datafile: string | null;
  /** SDK key of a project whose datafile is fetched, or the name under which a datafile on disk is served. */
  readonly sdkKey: string | null;
  /** Base address of a running lab; or `null`. */
  readonly lab: string | null;
  readonly datafileUrl: string | null;
  readonly pollIntervalMs: number;
  /** `'on'`, `'off'`, or the address of a collector. */
  readonly events: string;
  /** Events of one request to the collector. */
  readonly eventBatchSize: number;
  /** Longest time an event waits for its batch to fill, in milliseconds. */
  readonly eventFlushIntervalMs: number;
  readonly redisUrl: string | null;
  readonly tokens: readonly AccessToken[] | undefined;
  readonly allowedHosts: readonly string[] | undefined;
  readonly cors: readonly string[] | '*' | undefined;
  readonly insecureHosts: readonly string[];
  readonly notifications: boolean;
  readonly overrides: boolean;
  /** Time for headers, and for a whole request, to arrive. */
  readonly requestTimeoutMs: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** One setting: its flag, its variable, and what it does. */
export interface SettingDescription {
  readonly name: keyof ProgramSettings;
  readonly flag: string;
  readonly variable: string;
  readonly fallback: string;
  readonly help: string;
}

/** Every setting, for help texts and documents. */
export const SETTINGS: readonly SettingDescription[] = [
  describe('port', '8080', 'TCP port; 0 takes a free one'),
  describe('host', '127.0.0.1', 'address to listen on; 0.0.0.0 for every one'),
  describe('datafile', '', 'path of a datafile, read again when it changes'),
  describe(
    'sdkKey',
    '',
    'SDK key of the project; with --datafile the name it is served under (default: that of the datafile)',
  ),
  describe('lab', '', 'base address of a running lab, such as http://127.0.0.1:4010'),
  describe('datafileUrl', '', 'address of datafiles, with %s for the SDK key'),
  describe('pollIntervalMs', '300000', 'time between two requests for the datafile'),
  describe('events', 'on', 'on, off, or the address of a collector'),
  describe('eventBatchSize', '100', 'events of one request to the collector'),
  describe('eventFlushIntervalMs', '5000', 'longest time an event waits for its batch to fill'),
  describe('redisUrl', '', 'a Redis for stored assignments and notifications of all instances'),
  describe('tokens', '', 'token:scope, separated by commas; scope is all or read'),
  describe('allowedHosts', '', 'host names that requests may be for, separated by commas'),
  describe('cors', '', 'origins of pages that may evaluate, separated by commas, or *'),
  describe('insecureHosts', '', 'hosts that may be asked without TLS, separated by commas'),
  describe('notifications', 'off', 'on serves /v1/notifications/event-stream'),
  describe('overrides', 'off', 'on serves /v1/override, kept in memory'),
  describe('requestTimeoutMs', '10000', 'time a request may take to arrive'),
  describe('logLevel', 'info', 'debug, info, warn or error'),
];

function describe(name: keyof ProgramSettings, fallback: string, help: string): SettingDescription {
  const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    name,
    flag: `--${words}`,
    variable: `SORTITION_${words.toUpperCase().replaceAll('-', '_')}`,
    fallback,
    help,
  };
}

/**
 * Reads the settings. Flags take precedence over the environment, the environment over the file of `--config` (JSON
 * with the names of the settings), and the file over the defaults.
 *
 * @throws SdkError `invalid-option` with a sentence that names the setting
 */
export function readSettings(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ProgramSettings {
  const flags = readFlags(argv);
  const file = readFile(flags.get('--config') ?? environment.SORTITION_CONFIG);
  const get = (name: keyof ProgramSettings): string => {
    const setting = SETTINGS.find((known) => known.name === name) as SettingDescription;
    return flags.get(setting.flag) ?? environment[setting.variable] ?? file.get(name) ?? setting.fallback;
  };
  const list = (name: keyof ProgramSettings): readonly string[] =>
    get(name)
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean);
  const number = (name: keyof ProgramSettings, least: number, most: number): number => {
    const value = Number(get(name));
    if (!Number.isInteger(value) || value < least || value > most) {
      throw invalid(name, `"${get(name)}" is not a whole number from ${least} to ${most}`);
    }
    return value;
  };
  const choice = <T extends string>(name: keyof ProgramSettings, allowed: readonly T[]): T => {
    const value = allowed.find((entry) => entry === get(name));
    if (value === undefined) throw invalid(name, `"${get(name)}" is not one of ${allowed.join(', ')}`);
    return value;
  };
  const address = (name: keyof ProgramSettings, ...words: readonly string[]): string => {
    const value = get(name);
    // The message leaves out the value, because an address may contain a key.
    if (value === '' || words.includes(value) || /^https?:\/\/./i.test(value)) return value;
    const others = words.length > 0 ? `${words.join(', ')} or ` : '';
    throw invalid(name, `the value is not ${others}an address that begins with http:// or https://`);
  };
  const allowedHosts = list('allowedHosts');
  const cors = list('cors');
  const tokens = list('tokens').map(readToken);
  const settings: ProgramSettings = {
    port: number('port', 0, 65_535),
    host: get('host'),
    datafile: get('datafile') || null,
    sdkKey: get('sdkKey') || null,
    lab: address('lab').replace(/\/+$/, '') || null,
    datafileUrl: address('datafileUrl') || null,
    pollIntervalMs: number('pollIntervalMs', 1_000, 2 ** 31 - 1),
    events: address('events', 'on', 'off'),
    eventBatchSize: number('eventBatchSize', 1, 1_000),
    eventFlushIntervalMs: number('eventFlushIntervalMs', 1, 2 ** 31 - 1),
    redisUrl: get('redisUrl') || null,
    tokens: tokens.length > 0 ? tokens : undefined,
    allowedHosts: allowedHosts.length > 0 ? allowedHosts : undefined,
    cors: cors.length === 0 ? undefined : cors.includes('*') ? '*' : cors,
    insecureHosts: list('insecureHosts'),
    notifications: choice('notifications', ['on', 'off']) === 'on',
    overrides: choice('overrides', ['on', 'off']) === 'on',
    requestTimeoutMs: number('requestTimeoutMs', 100, 2 ** 31 - 1),
    logLevel: choice('logLevel', ['debug', 'info', 'warn', 'error']),
  };
  if (settings.datafile === null && settings.sdkKey === null && settings.lab === null) {
    throw new SdkError(
      'invalid-option',
      'There is no project to serve; give --datafile <path>, --sdk-key <key>, or --lab <address>.',
    );
  }
  return settings;
}

function readFlags(argv: readonly string[]): Map<string, string> {
  const names = ['--config', ...SETTINGS.map(({ flag }) => flag)].map((flag) => flag.slice(2));
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args: [...argv], options });
    return new Map(Object.entries(values).map(([name, value]) => [`--${name}`, String(value)]));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SdkError('invalid-option', `${reason.replace(/\.$/, '')}; --help lists the flags.`, { cause });
  }
}

function readFile(path: string | undefined): ReadonlyMap<string, string> {
  if (path === undefined || path === '') return new Map();
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SdkError('invalid-option', `The file of --config, ${path}, is not readable JSON: ${reason}`, { cause });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SdkError('invalid-option', `The file of --config, ${path}, is not a JSON object of settings.`);
  }
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(content)) {
    if (!SETTINGS.some((setting) => setting.name === name)) {
      throw new SdkError('invalid-option', `The file of --config, ${path}, has an unknown setting "${name}".`);
    }
    values.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  return values;
}

function readToken(text: string): AccessToken {
  const at = text.lastIndexOf(':');
  const scope = text.slice(at + 1);
  if (at <= 0 || (scope !== 'all' && scope !== 'read')) {
    // The text is a secret, so the message does not contain it.
    throw invalid('tokens', 'an entry does not end with ":all" or ":read"');
  }
  return { token: text.slice(0, at), scope };
}

function invalid(name: keyof ProgramSettings, what: string): SdkError {
  const { flag, variable } = SETTINGS.find((setting) => setting.name === name) as SettingDescription;
  return new SdkError('invalid-option', `The setting ${flag} (${variable}) is not valid: ${what}.`);
}
