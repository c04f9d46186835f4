/**
 * Every option of every factory, given what it cannot be. The tables are complete by their types: a new option does not compile
 * before it is in here.
 */
import { type CmabSourceOptions, createCmabSource } from '@sortition/cmab';
import { amplitudeSetCookie, type SetCookieOptions } from '@sortition/cookies';
import { isSdkError } from '@sortition/core';
import {
  createPollingConfig as createLeanPollingConfig,
  type PollingConfigOptions as LeanPollingConfigOptions,
} from '@sortition/datafile';
import {
  createFileCache,
  createKeepAliveFetch,
  type FileCacheOptions,
  type KeepAliveFetchOptions,
} from '@sortition/datafile/node';
import { createStorageEventStore, type StorageEventStoreOptions } from '@sortition/events/browser';
import { createFileEventStore, type FileEventStoreOptions } from '@sortition/events/node';
import { createOdp, createVuidSource, type OdpOptions, type VuidSourceOptions } from '@sortition/odp';
import { createRedisSegmentCache, type RedisSegmentCacheOptions } from '@sortition/odp-redis';
import { createRedisProfileStore, type RedisProfileStoreOptions } from '@sortition/profile-redis';
import {
  type CachedRemoteClientOptions,
  createCachedRemoteClient,
  createRemoteClient,
  type RemoteConfig,
} from '@sortition/remote';
import { createDecisionServer, type DecisionServerOptions } from '@sortition/server';
import {
  type BatchEventsOptions,
  type ClientOptions,
  createBatchEvents,
  createClient,
  createMemoryProfileStore,
  createPollingConfig,
  createStaticConfig,
  type MemoryProfileStoreOptions,
  type PollingConfigOptions,
} from 'sortition';
import { describe, expect, it } from 'vitest';
import { SEED_DATAFILES } from '../src/seed-datafiles.ts';

/** Whether the option may take anything: `'any'` for what is checked later, or means yes or no by its truth. */
type Names<Options> = { readonly [K in keyof Required<Options>]: 'checked' | 'any' };

const SECRET = 'Bearer secret-canary';
const config = createStaticConfig({ datafile: SEED_DATAFILES.everything ?? {} });
const client = createClient({ config, events: null, logger: false });
const redis = { command: async () => null };
const remote = createRemoteClient('server-key', { logger: false });

const CLIENT: Names<ClientOptions> = {
  config: 'checked',
  profiles: 'checked',
  odp: 'checked',
  events: 'checked',
  cmab: 'checked',
  vuid: 'checked',
  parts: 'checked',
  defaultDecideOptions: 'checked',
  profileTimeoutMs: 'checked',
  waitUntil: 'checked',
  logger: 'checked',
  clientName: 'checked',
  clientVersion: 'checked',
};

const EVENTS: Names<BatchEventsOptions> = {
  batchSize: 'checked',
  flushIntervalMs: 'checked',
  endpoint: 'checked',
  insecureHosts: 'checked',
  maxQueueSize: 'checked',
  maxQueueBytes: 'checked',
  maxValueBytes: 'checked',
  maxEventBytes: 'checked',
  requestTimeoutMs: 'checked',
  store: 'checked',
  onDrop: 'checked',
  fetch: 'checked',
  randomId: 'checked',
};

const POLLING: Names<PollingConfigOptions> = {
  sdkKey: 'checked',
  datafile: 'any', // a broken one is a problem, and the fetched one serves
  urlTemplate: 'checked',
  insecureHosts: 'checked',
  accessToken: 'checked',
  headers: 'checked',
  updates: 'checked',
  pollIntervalMs: 'checked',
  requestTimeoutMs: 'checked',
  maxBytes: 'checked',
  stream: 'checked',
  cache: 'checked',
  fetch: 'checked',
};

const LEAN_POLLING: Names<LeanPollingConfigOptions> = { ...POLLING, check: 'any' }; // code of the SDK, not a setting

const ODP: Names<OdpOptions> = {
  segmentsCacheSize: 'checked',
  segmentsCacheTimeoutMs: 'checked',
  segmentsFailureMemoryMs: 'checked',
  segmentsTimeoutMs: 'checked',
  eventsTimeoutMs: 'checked',
  batchSize: 'checked',
  flushIntervalMs: 'checked',
  segmentsCache: 'checked',
  insecureHosts: 'checked',
  allowedHosts: 'checked',
  maxQueueSize: 'checked',
  maxQueueBytes: 'checked',
  fetch: 'checked',
  randomId: 'checked',
};

const VUID: Names<VuidSourceOptions> = { enableVuid: 'checked', storage: 'checked', randomId: 'checked' };

const CMAB: Names<CmabSourceOptions> = {
  insecureHosts: 'checked',
  endpointTemplate: 'checked',
  timeoutMs: 'checked',
  cacheSize: 'checked',
  cacheTimeoutMs: 'checked',
  fetch: 'checked',
  randomId: 'checked',
};

const REMOTE: Names<RemoteConfig> = {
  debug: 'any', // what is true turns it on, as in the service's own SDKs
  serverUrl: 'checked',
  insecureHosts: 'checked',
  serverZone: 'checked',
  fetchTimeoutMillis: 'checked',
  fetchRetries: 'checked',
  fetchRetryBackoffMinMillis: 'checked',
  fetchRetryBackoffMaxMillis: 'checked',
  fetchRetryBackoffScalar: 'checked',
  fetchRetryTimeoutMillis: 'checked',
  logger: 'checked',
  fetch: 'checked',
  random: 'checked',
  waitUntil: 'checked',
};

const CACHED_REMOTE: Names<CachedRemoteClientOptions> = {
  ttlMs: 'checked',
  staleMs: 'checked',
  maxEntries: 'checked',
  joinTimeoutMs: 'checked',
  userKey: 'checked',
  waitUntil: 'checked',
  onError: 'checked',
};

const SET_COOKIE: Names<SetCookieOptions> = {
  apiKey: 'checked',
  deviceId: 'checked',
  cookies: 'checked',
  format: 'checked',
  userId: 'checked',
  optOut: 'any', // what may be an opt-out is one
  domain: 'checked',
  host: 'any', // what is not a name fits no cookie
  path: 'checked',
  maxAgeSeconds: 'checked',
  sameSite: 'checked',
  secure: 'any', // by its truth, as the next one
  httpOnly: 'any',
};

const SERVER: Names<DecisionServerOptions> = {
  projects: 'checked',
  tokens: 'checked',
  allowedHosts: 'checked',
  cors: 'checked',
  limits: 'checked',
  redis: 'checked',
  overrides: 'checked',
  notifications: 'checked',
  notificationUsers: 'checked',
  bulkImpressions: 'checked',
  metrics: 'checked',
  logger: 'checked',
};

const MEMORY_STORE: Names<MemoryProfileStoreOptions> = { maxUsers: 'checked' };

const REDIS_STORE: Names<RedisProfileStoreOptions> = {
  client: 'checked',
  prefix: 'checked',
  ttlSeconds: 'checked',
  layout: 'checked',
  timeoutMs: 'checked',
};

const SEGMENT_CACHE: Names<RedisSegmentCacheOptions> = {
  client: 'checked',
  prefix: 'checked',
  ttlSeconds: 'checked',
  timeoutMs: 'checked',
};

const TRANSPORT: Names<KeepAliveFetchOptions> = {
  maxSockets: 'checked',
  addresses: 'checked',
  maxCompressedBytes: 'checked',
  unref: 'checked',
  lookup: 'checked',
  proxy: 'checked',
};

const FILE_CACHE: Names<FileCacheOptions> = { directory: 'checked', maxBytes: 'checked' };

const FILE_STORE: Names<FileEventStoreOptions> = {
  directory: 'checked',
  maxBytes: 'checked',
  maxAgeMs: 'checked',
  leaseMs: 'checked',
  sync: 'checked',
};

const STORAGE_STORE: Names<StorageEventStoreOptions> = {
  storage: 'checked',
  prefix: 'checked',
  maxChars: 'checked',
  maxAgeMs: 'checked',
  leaseMs: 'checked',
};

/** Factories that are called with options, by name: what else they need, and their options. */
const FACTORIES: readonly (readonly [string, (options: never) => unknown, object, Names<object>])[] = [
  ['createClient', createClient, { config, events: null, logger: false }, CLIENT],
  ['createBatchEvents', createBatchEvents, {}, EVENTS],
  ['createPollingConfig', createPollingConfig, { sdkKey: 'key' }, POLLING],
  ['createPollingConfig of @sortition/datafile', createLeanPollingConfig, { sdkKey: 'key' }, LEAN_POLLING],
  ['createOdp', createOdp, {}, ODP],
  ['createVuidSource', createVuidSource, {}, VUID],
  ['createCmabSource', createCmabSource, {}, CMAB],
  ['createRemoteClient', (options) => createRemoteClient('server-key', options), { logger: false }, REMOTE],
  ['createCachedRemoteClient', (options) => createCachedRemoteClient(remote, options), {}, CACHED_REMOTE],
  ['amplitudeSetCookie', amplitudeSetCookie, { apiKey: 'a'.repeat(32), deviceId: 'd', cookies: null }, SET_COOKIE],
  ['createDecisionServer', createDecisionServer, { projects: [{ sdkKey: 'key', client }] }, SERVER],
  ['createMemoryProfileStore', createMemoryProfileStore, {}, MEMORY_STORE],
  ['createRedisProfileStore', createRedisProfileStore, { client: redis }, REDIS_STORE],
  ['createRedisSegmentCache', createRedisSegmentCache, { client: redis }, SEGMENT_CACHE],
  ['createKeepAliveFetch', createKeepAliveFetch, {}, TRANSPORT],
  ['createFileCache', createFileCache, { directory: '/nonexistent' }, FILE_CACHE],
  ['createFileEventStore', createFileEventStore, { directory: '/nonexistent' }, FILE_STORE],
  ['createStorageEventStore', createStorageEventStore, {}, STORAGE_STORE],
];

/** Why a call was refused; `null` when it was not. What it throws must be an error of the SDK, and not show what it was given. */
function refusalOf(call: () => unknown): string | null {
  try {
    const made = call() as { close?: () => unknown } | undefined;
    void Promise.resolve(made?.close?.()).catch(() => undefined);
    return null;
  } catch (error) {
    expect(isSdkError(error) ? '' : error).toBe('');
    expect(String(error)).not.toContain('secret-canary');
    return String(error);
  }
}

describe.each(FACTORIES)('[SEC-09] %s', (_name, create, needed, names) => {
  const make = create as (options: unknown) => unknown;

  it.each(Object.entries(names))('refuses a %s that no option can be, and quotes no text', (name, kind) => {
    const refused = (value: unknown): boolean => refusalOf(() => make({ ...needed, [name]: value })) !== null;
    for (const value of [null, Object.create(null), SECRET, [SECRET], { secret: SECRET }]) refused(value);
    if (kind === 'checked') expect(refused(Symbol('not an option'))).toBe(true);
  });

  it.each([
    ['a text', SECRET],
    ['a number', 7],
    ['a function', () => undefined],
  ])('refuses %s for its options', (_what, options) => {
    expect(refusalOf(() => make(options))).not.toBeNull();
  });

  it.each([
    ['null', null],
    ['an object without a prototype', Object.create(null)],
    ['a list', []],
  ])('takes or refuses %s for its options', (_what, options) => {
    refusalOf(() => make(options));
  });
});
