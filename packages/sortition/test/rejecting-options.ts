/**
 * Every option of every factory that takes something foreign, given as an `async` function that throws. The tables are complete
 * by their types: a new option does not compile before it is in here.
 */
import { type CmabSourceOptions, createCmabSource } from '@sortition/cmab';
import { createOdp, createVuidSource, type OdpOptions, type VuidSourceOptions } from '@sortition/odp';
import {
  type CachedRemoteClientOptions,
  createCachedRemoteClient,
  createRemoteClient,
  type RemoteConfig,
} from '@sortition/remote';
import {
  type BatchEventsOptions,
  type ClientOptions,
  createBatchEvents,
  createClient,
  createEventTee,
  createPollingConfig,
  createStaticConfig,
  type PollingConfigOptions,
} from '../src/index.ts';
import { shopDatafile } from './shop-datafile.ts';

/** What an option is: data, a function, or an object with methods. */
type Kind = 'data' | 'function' | readonly string[];
type Kinds<Options> = { readonly [K in keyof Required<Options>]: Kind };

const LOGGER = ['debug', 'info', 'warn', 'error'];
const STORAGE = ['getItem', 'setItem', 'removeItem'];
const SINK = ['record', 'randomId', 'flush', 'close', 'stats', 'toLogEvent', 'attach'];

const CLIENT: Kinds<ClientOptions> = {
  config: ['current', 'problems', 'subscribe', 'refresh', 'used', 'close', 'failingMs'],
  profiles: ['lookup', 'save', 'assign', 'flush', 'close', 'attach'],
  odp: ['fetchSegments', 'sendEvent', 'configure', 'flush', 'close', 'attach', 'stats'],
  events: SINK,
  cmab: ['predict', 'close'],
  vuid: ['load', 'current', 'announce'],
  parts: 'data',
  defaultDecideOptions: 'data',
  profileTimeoutMs: 'data',
  waitUntil: 'function',
  logger: LOGGER,
  clientName: 'data',
  clientVersion: 'data',
};

const EVENTS: Kinds<BatchEventsOptions> = {
  batchSize: 'data',
  flushIntervalMs: 'data',
  endpoint: 'data',
  insecureHosts: 'data',
  maxQueueSize: 'data',
  maxQueueBytes: 'data',
  maxValueBytes: 'data',
  maxEventBytes: 'data',
  requestTimeoutMs: 'data',
  store: ['add', 'remove', 'takeLeft', 'readBack', 'close'],
  onDrop: 'function',
  fetch: 'function',
  randomId: 'function',
};

const POLLING: Kinds<PollingConfigOptions> = {
  sdkKey: 'data',
  datafile: 'data',
  urlTemplate: 'data',
  insecureHosts: 'data',
  accessToken: 'data',
  headers: 'data',
  updates: 'data',
  pollIntervalMs: 'data',
  requestTimeoutMs: 'data',
  maxBytes: 'data',
  stream: 'data',
  cache: STORAGE,
  fetch: 'function',
};

const ODP: Kinds<OdpOptions> = {
  segmentsCacheSize: 'data',
  segmentsCacheTimeoutMs: 'data',
  segmentsFailureMemoryMs: 'data',
  segmentsTimeoutMs: 'data',
  eventsTimeoutMs: 'data',
  batchSize: 'data',
  flushIntervalMs: 'data',
  segmentsCache: ['lookup', 'save', 'reset'],
  insecureHosts: 'data',
  allowedHosts: 'data',
  maxQueueSize: 'data',
  maxQueueBytes: 'data',
  fetch: 'function',
  randomId: 'function',
};

const VUID: Kinds<VuidSourceOptions> = { enableVuid: 'data', storage: STORAGE, randomId: 'function' };

const CMAB: Kinds<CmabSourceOptions> = {
  insecureHosts: 'data',
  endpointTemplate: 'data',
  timeoutMs: 'data',
  cacheSize: 'data',
  cacheTimeoutMs: 'data',
  fetch: 'function',
  randomId: 'function',
};

const REMOTE: Kinds<RemoteConfig> = {
  debug: 'data',
  serverUrl: 'data',
  insecureHosts: 'data',
  serverZone: 'data',
  fetchTimeoutMillis: 'data',
  fetchRetries: 'data',
  fetchRetryBackoffMinMillis: 'data',
  fetchRetryBackoffMaxMillis: 'data',
  fetchRetryBackoffScalar: 'data',
  fetchRetryTimeoutMillis: 'data',
  logger: LOGGER,
  fetch: 'function',
  random: 'function',
  waitUntil: 'function',
};

const CACHED_REMOTE: Kinds<CachedRemoteClientOptions> = {
  ttlMs: 'data',
  staleMs: 'data',
  maxEntries: 'data',
  joinTimeoutMs: 'data',
  userKey: 'function',
  waitUntil: 'function',
  onError: 'function',
};

const rejects = async (): Promise<never> => {
  throw new Error('an async function that throws');
};
const refuses = async (): Promise<Response> => new Response('no', { status: 500 });
const ODP_INTEGRATION = { key: 'odp', host: 'https://api.zaius.com', publicKey: 'key' };
const DATAFILE = shopDatafile({ integrations: [ODP_INTEGRATION] });

/** Each option of one kind, replaced: name to options. */
function* replaced(kinds: Readonly<Record<string, Kind>>): Generator<readonly [string, object]> {
  for (const [name, kind] of Object.entries(kinds)) {
    if (kind === 'function') yield [name, { [name]: rejects }];
    if (typeof kind === 'string') continue;
    yield [`${name}, all of it`, { [name]: Object.fromEntries(kind.map((method) => [method, rejects])) }];
    for (const method of kind) {
      const rest = kind.filter((other) => other !== method);
      const quiet = Object.fromEntries(rest.map((other) => [other, () => null]));
      yield [`${name}.${method}`, { [name]: { ...quiet, [method]: rejects } }];
    }
  }
}

/** Uses a client in every way. */
async function useClient(options: Partial<ClientOptions>): Promise<void> {
  const given = { config: createStaticConfig({ datafile: DATAFILE }), events: null, logger: false as const };
  const client = createClient({ ...given, ...options });
  for (const event of ['decision', 'track', 'problem', 'log-event', 'config-update'] as const)
    client.on(event, rejects);
  client.ready({ timeoutMs: 5 });
  const user = client.createUserContext('ada', { plan: 'pro' });
  user.trackImpression(user.decide('checkout', ['DISABLE_DECISION_EVENT']));
  user.decideAll(['INCLUDE_REASONS']);
  user.explain('checkout');
  user.decideExperiment('checkout_test');
  user.trackEvent('purchase', { revenue: 1 });
  client.sendOdpEvent({ action: 'seen', identifiers: { email: 'ada@example.com' } });
  user.decideAllAsync();
  user.load({ timeoutMs: 5 });
  user.fetchQualifiedSegments({ timeoutMs: 5 }, rejects as never);
  client.checkDatafile();
  client.stats();
  await client.flush({ timeoutMs: 20 });
  await client.close({ timeoutMs: 20 });
}

/** Uses everything with each option replaced; answers how many were tried, and tells those a factory refused. */
export async function useEverything(): Promise<number> {
  let tried = 0;
  const attempt = async (what: string, run: () => Promise<unknown>): Promise<void> => {
    tried += 1;
    // Refused in the factory, or rejected to the caller: both are answers.
    await run().catch(() => undefined);
    console.log('tried', what);
  };
  for (const [name, option] of replaced(CLIENT)) await attempt(`createClient ${name}`, () => useClient(option));
  for (const [name, option] of replaced(EVENTS)) {
    const events = { fetch: refuses, maxQueueSize: 2, ...option };
    await attempt(`createBatchEvents ${name}`, async () => useClient({ events: createBatchEvents(events) }));
    const sinks = { record: () => undefined, ...Object.fromEntries(SINK.map((method) => [method, rejects])) };
    await attempt(`createEventTee beside ${name}`, async () =>
      useClient({ events: createEventTee([createBatchEvents(events), sinks as never]) }),
    );
  }
  for (const [name, option] of replaced(POLLING)) {
    const polling = { sdkKey: 'key', fetch: refuses, requestTimeoutMs: 20, ...option };
    await attempt(`createPollingConfig ${name}`, async () => useClient({ config: createPollingConfig(polling) }));
  }
  for (const [name, option] of replaced(ODP)) {
    await attempt(`createOdp ${name}`, async () => useClient({ odp: createOdp({ fetch: refuses, ...option }) }));
  }
  for (const [name, option] of replaced(VUID)) {
    const vuid = { enableVuid: true, ...option };
    await attempt(`createVuidSource ${name}`, async () =>
      useClient({ odp: createOdp({ fetch: refuses }), vuid: createVuidSource(vuid) }),
    );
  }
  for (const [name, option] of replaced(CMAB)) {
    await attempt(`createCmabSource ${name}`, async () =>
      useClient({ cmab: createCmabSource({ fetch: refuses, ...option }) }),
    );
  }
  for (const [name, option] of replaced(REMOTE)) {
    await attempt(`createRemoteClient ${name}`, async () => {
      const client = createRemoteClient('client-key', { fetch: refuses, fetchRetryBackoffMinMillis: 1, ...option });
      await client.fetchAsync({ user_id: 'ada' }, rejects as never);
      await client.fetch({ user_id: 'ada' }).catch(() => undefined);
      await client.close();
    });
  }
  for (const [name, option] of replaced(CACHED_REMOTE)) {
    await attempt(`createCachedRemoteClient ${name}`, async () => {
      const inner = createRemoteClient('client-key', { fetch: refuses, logger: false });
      const client = createCachedRemoteClient(inner, { staleMs: 1_000, ...option });
      await client.fetchAsync({ user_id: 'ada' }, rejects as never);
      await client.fetch({ user_id: 'ada' }).catch(() => undefined);
      await client.close();
    });
  }
  return tried;
}
