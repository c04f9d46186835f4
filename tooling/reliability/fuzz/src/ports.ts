/** Every method of every port, each to be replaced by a misbehaviour: name to the client options that hold it. */
import { createCmabSource } from '@sortition/cmab';
import { createOdp } from '@sortition/odp';
import { type ClientOptions, createBatchEvents, createPollingConfig, createStaticConfig } from 'sortition';
import { SEED_DATAFILES } from './seed-datafiles.ts';

const datafile = SEED_DATAFILES.everything ?? {};
const nothing = (): undefined => undefined;

/** A good part with one method replaced. */
type Replace = (method: () => unknown) => Partial<ClientOptions>;

/** One entry per method; the rest of the part is as it should be. */
function methods<T extends object>(
  port: string,
  good: () => T,
  names: readonly (keyof T & string)[],
  options: (part: T) => Partial<ClientOptions>,
): [string, Replace][] {
  return names.map((name) => [`${port}.${name}`, (method) => options({ ...good(), [name]: method })]);
}

const config = () => createStaticConfig({ datafile });
const polling = (parts: object) =>
  createPollingConfig({ sdkKey: 'key', urlTemplate: 'https://example.com/%s', requestTimeoutMs: 30, ...parts });
const answered = async () => new Response(JSON.stringify(datafile));

const store = () => ({ lookup: () => null as never, save: nothing });
const assigning = () => ({
  ...store(),
  assign: () => ({}),
  flush: async () => undefined,
  close: nothing,
  attach: nothing,
});
const report = { delivered: 0, dropped: 0, pending: 0 };
const sink = () => ({
  record: nothing,
  randomId: () => 'id',
  flush: async () => report,
  close: async () => report,
  stats: () => ({ ...report, produced: 0, retries: 0 }),
  attach: nothing,
});
const platform = () => ({
  fetchSegments: async (): Promise<readonly string[]> => [],
  sendEvent: nothing,
  configure: nothing,
  flush: async () => report,
  close: async () => report,
  attach: nothing,
  stats: () => ({ events: sink().stats(), segmentRequests: 0, segmentCacheHits: 0, segmentFailures: 0 }),
});
const bandit = () => ({ predict: async () => ({ variationId: 'b1_on', cmabUuid: 'id' }), close: nothing });
const visitor = () => ({ load: async () => null as string | null, current: () => null as string | null });
const logger = () => ({ debug: nothing, info: nothing, warn: nothing, error: nothing });
const storage = () => ({ getItem: () => null, setItem: nothing, removeItem: nothing });
const cache = () => ({ lookup: () => undefined, save: nothing, reset: nothing });
const eventStore = () => ({
  add: nothing,
  remove: nothing,
  takeLeft: () => ({ events: [], more: false, lost: 0 }),
  close: nothing,
});

// A port is what its interface says; a misbehaving one is not, which is the point of the exercise.
const as = <T>(part: unknown): T => part as T;

/** Port and method to the options of a client whose part misbehaves there. */
export const PORT_METHODS: readonly [string, Replace][] = [
  ...methods(
    'ConfigSource',
    () => ({ ...config(), refresh: async () => true, close: nothing, used: nothing }),
    ['subscribe', 'problems', 'refresh', 'used', 'close'],
    (part) => ({ config: as(part) }),
  ),
  ...methods('UserProfileStore', store, ['lookup', 'save'], (part) => ({ profiles: as(part) })),
  ...methods('UserProfileStore with assign', assigning, ['lookup', 'assign', 'flush', 'close', 'attach'], (part) => ({
    profiles: as(part),
  })),
  ...methods('EventSink', sink, ['record', 'randomId', 'flush', 'close', 'stats', 'attach'], (part) => ({
    events: as(part),
  })),
  ...methods(
    'Odp',
    platform,
    ['fetchSegments', 'sendEvent', 'configure', 'flush', 'close', 'attach', 'stats'],
    (part) => ({ odp: as(part) }),
  ),
  ...methods('CmabSource', bandit, ['predict', 'close'], (part) => ({ cmab: as(part) })),
  ...methods('VuidSource', visitor, ['load', 'current'], (part) => ({ vuid: as(part) })),
  ...methods('Logger', logger, ['debug', 'info', 'warn', 'error'], (part) => ({
    logger: as(part),
    config: polling({ fetch: () => Promise.reject(new Error('offline')) }),
  })),
  ...methods('DatafileCache', storage, ['getItem', 'setItem'], (part) => ({
    config: polling({ fetch: answered, cache: part }),
  })),
  ...methods('SegmentCache', cache, ['lookup', 'save', 'reset'], (part) => ({
    odp: createOdp({ segmentsCache: as(part), fetch: answered, segmentsTimeoutMs: 30 }),
  })),
  ...methods('EventStore', eventStore, ['add', 'remove', 'takeLeft', 'close'], (part) => ({
    events: createBatchEvents({ store: as(part), fetch: async () => new Response(null, { status: 204 }) }),
  })),
  ['fetch of the datafile', (method) => ({ config: polling({ fetch: method }) })],
  ['fetch of events', (method) => ({ events: createBatchEvents({ fetch: as(method), batchSize: 1 }) })],
  [
    'fetch of segments',
    (method) => ({ odp: createOdp({ fetch: as(method), segmentsTimeoutMs: 30, eventsTimeoutMs: 30 }) }),
  ],
  ['fetch of predictions', (method) => ({ cmab: createCmabSource({ fetch: as(method), timeoutMs: 30 }) })],
  [
    'randomId of events',
    (method) => ({
      events: createBatchEvents({ randomId: as(method), fetch: async () => new Response(null, { status: 204 }) }),
    }),
  ],
  [
    'waitUntil',
    (method) => ({ waitUntil: as(method), profiles: { lookup: async () => null, save: async () => undefined } }),
  ],
];

/** What the misbehaving part is put into. */
export function goodOptions(): ClientOptions {
  return {
    config: config(),
    events: sink(),
    odp: platform(),
    cmab: bandit(),
    vuid: visitor(),
    logger: false,
    profileTimeoutMs: 30,
  };
}
