/** Options of a decision server, checked once. */
import {
  checkOption,
  checkOptionsObject,
  hasMethods,
  listUnknownOptions,
  readBoolean,
  readChoice,
  readMethods,
  readObject,
} from '@sortition/core/internal';
import { type Client, type Logger, SdkError, type UserProfileStore } from 'sortition';
import type { RedisCommands } from './streams/redis-stream.ts';

/** A project of the server. */
export interface ProjectOptions {
  /** The value of the header `X-Optimizely-SDK-Key`. */
  readonly sdkKey: string;
  /** Decides; created and closed by the application. */
  readonly client: Client;
  /** Returns the datafile as text, for `GET /v1/datafile`; without it that route responds with 501. */
  readonly datafile?: (() => string | null) | undefined;
  /**
   * The store the client uses, for `POST /v1/lookup` and `/v1/save`; without it they respond with 500, as the agent
   * does.
   */
  readonly profiles?: UserProfileStore | undefined;
  /** Fetches a newer datafile now, for `POST /refresh` and when another instance reports one. */
  readonly refresh?: (() => Promise<boolean>) | undefined;
}

/** An access token of callers. */
export interface AccessToken {
  /** At least 16 characters; sent as `Authorization: Bearer …` or `X-API-Key`. */
  readonly token: string;
  /** `read` may only evaluate in bulk over OFREP; for browsers, where the token is not secret. */
  readonly scope: 'all' | 'read';
}

/** Limits of requests. */
export interface ServerLimits {
  /** Bytes of a request body; 1 MiB by default. */
  readonly maxBodyBytes?: number | undefined;
  /** Operations of one batch; 500 by default. */
  readonly maxBatch?: number | undefined;
  /** Operations of one batch that run at a time; 10 by default. */
  readonly batchConcurrency?: number | undefined;
  /** Requests that are handled at a time; more get 429 with `Retry-After`. 1,024 by default. */
  readonly maxConcurrent?: number | undefined;
  /** Open streams; more get 429. 2,000 by default. */
  readonly maxStreams?: number | undefined;
  /**
   * How long a request body may take to arrive, in milliseconds; 10,000 by default. 0 sets no timer, for HTTP servers
   * that limit it themselves, such as the program on Node.
   */
  readonly bodyTimeoutMs?: number | undefined;
}

/** A store of overrides: `POST /v1/override` is refused without one. */
export interface OverrideStore {
  getItem(key: string): string | null | undefined | Promise<string | null | undefined>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

/** Counts what the server does, for `/metrics`. */
export interface ServerMetrics {
  /** Called when a response is ready. `route` is a pattern such as `/v1/decide`, never a path with user data. */
  observe(answer: { route: string; method: string; status: number; durationMs: number }): void;
  /** Returns the metrics as Prometheus text. */
  text(): Promise<string> | string;
}

/** Options of a decision server. */
export interface DecisionServerOptions {
  /** At least one; OFREP requests without a project use the first one. */
  readonly projects: readonly ProjectOptions[];
  /** Without tokens every client that can reach the server may use it: bind it to a private address then. */
  readonly tokens?: readonly AccessToken[] | undefined;
  /** Allowed host names of requests, without port; by default any. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Origins of pages that may send requests, or `'*'`; by default none. */
  readonly cors?: readonly string[] | '*' | undefined;
  readonly limits?: ServerLimits | undefined;
  /**
   * A Redis that all instances share: subscribers of each instance get the notifications and config changes of all.
   * Without it subscribers get those of their own instance only. The server never closes it.
   */
  readonly redis?: RedisCommands | undefined;
  readonly overrides?: OverrideStore | undefined;
  /** Serves `GET /v1/notifications/event-stream`; `false` by default. */
  readonly notifications?: boolean | undefined;
  /** Users in notifications: `hashed` user ids without attributes (the default), or `full`. */
  readonly notificationUsers?: 'hashed' | 'full' | undefined;
  /** Whether a bulk evaluation over OFREP sends impressions; `false` by default. */
  readonly bulkImpressions?: boolean | undefined;
  readonly metrics?: ServerMetrics | undefined;
  /** Nothing is logged by default. */
  readonly logger?: Logger | false | undefined;
}

/** The limits with their defaults. */
export type ServerSettings = { readonly [K in keyof ServerLimits]-?: number };

const DEFAULT_LIMITS: ServerSettings = {
  maxBodyBytes: 1_048_576,
  maxBatch: 500,
  batchConcurrency: 10,
  maxConcurrent: 1_024,
  maxStreams: 2_000,
  bodyTimeoutMs: 10_000,
};

const SHORTEST_TOKEN = 16;

const OWNER = 'createDecisionServer';

const KNOWN: readonly (keyof DecisionServerOptions)[] = [
  'projects',
  'tokens',
  'allowedHosts',
  'cors',
  'limits',
  'redis',
  'overrides',
  'notifications',
  'notificationUsers',
  'bulkImpressions',
  'metrics',
  'logger',
];

/** Returns a text about options that do not exist; `undefined` when all do. */
export function describeUnknown(options: DecisionServerOptions): string | undefined {
  return listUnknownOptions(OWNER, options, KNOWN);
}

/** Checks the options and returns the limits. @throws SdkError `invalid-option` */
export function readServerLimits(options: DecisionServerOptions): ServerSettings {
  checkOptionsObject(OWNER, options, '{ projects: [{ sdkKey, client }] }');
  checkProjects(options.projects);
  checkOption(OWNER, options, 'tokens', 'a list of { token, scope }', Array.isArray);
  for (const token of options.tokens ?? []) checkToken(token);
  checkOption(OWNER, options, 'allowedHosts', 'a list of host names', isListOfTexts);
  checkOption(OWNER, options, 'cors', '"*" or a list of origins', (cors) => cors === '*' || isListOfTexts(cors));
  readMethods(OWNER, options, 'redis', ['command'], 'an object with the method command');
  readMethods(
    OWNER,
    options,
    'overrides',
    ['getItem', 'setItem', 'removeItem'],
    'a store with getItem, setItem, removeItem',
  );
  readBoolean(OWNER, options, 'notifications', false);
  readChoice(OWNER, options, 'notificationUsers', 'hashed', ['hashed', 'full']);
  readBoolean(OWNER, options, 'bulkImpressions', false);
  readMethods(OWNER, options, 'metrics', ['observe', 'text'], 'an object with the methods observe and text');
  checkOption(
    OWNER,
    options,
    'logger',
    'a logger or false',
    (logger) => logger === false || hasMethods(logger, ['warn', 'error']),
  );
  return readLimits(readObject(OWNER, options, 'limits') ?? {});
}

function checkProjects(projects: unknown): void {
  if (!Array.isArray(projects) || projects.length === 0) {
    throw invalid('The option "projects" is not a list with a project; expected [{ sdkKey, client }, …].');
  }
  const keys = new Set<string>();
  for (const [index, project] of projects.entries()) {
    const { sdkKey, client } = Object(project) as Partial<ProjectOptions>;
    if (typeof sdkKey !== 'string' || sdkKey === '')
      throw invalid('The "sdkKey" of a project is not a text; expected one.');
    if (!hasMethods(client, ['createUserContext'])) {
      throw invalid(`The "client" of project ${index + 1} is not a client; expected what createClient returns.`);
    }
    if (keys.has(sdkKey))
      throw invalid(`The "sdkKey" of project ${index + 1} is that of another project too; expected each key once.`);
    keys.add(sdkKey);
  }
}

function checkToken(given: unknown): void {
  const { token, scope } = Object(given) as Partial<AccessToken>;
  if (typeof token !== 'string' || token.length < SHORTEST_TOKEN) {
    throw invalid(`A token is shorter than ${SHORTEST_TOKEN} characters; expected a long random text.`);
  }
  if (scope !== 'all' && scope !== 'read') throw invalid('The "scope" of a token is neither "all" nor "read".');
}

function readLimits(limits: ServerLimits): ServerSettings {
  const settings: Record<string, number> = { ...DEFAULT_LIMITS };
  for (const [name, value] of Object.entries(limits)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw invalid(`The limit "${name}" does not exist.`);
    const least = name === 'bodyTimeoutMs' ? 0 : 1;
    if (!Number.isInteger(value) || value < least)
      throw invalid(`The limit "${name}" is not an integer; expected one from ${least}.`);
    settings[name] = value;
  }
  return settings as ServerSettings;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function invalid(message: string): SdkError {
  return new SdkError('invalid-option', message);
}
