/** What the shop is connected to: the Sortition client with its parts, and remote evaluation. */
import { createOdp } from '@sortition/odp';
import { createRedisProfileStore } from '@sortition/profile-redis';
import { createCachedRemoteClient, createRemoteClient, type RemoteClient } from '@sortition/remote';
import { Redis } from 'ioredis';
import {
  type Client,
  createBatchEvents,
  createClient,
  createMemoryProfileStore,
  createPollingConfig,
  type DeliveryReport,
  type Logger,
} from 'sortition';
import type { ShopFlags } from './shop-flags.ts';

/** Where the services are. */
export interface ShopServicesOptions {
  /** Origin of the lab, such as `http://127.0.0.1:4010`. */
  readonly labUrl: string;
  /** Keeps assignments in Redis, for a fleet of shops; in memory when absent. */
  readonly redisUrl?: string | undefined;
  /** The client's warnings go to the console when absent; `false`: nowhere. */
  readonly logger?: Logger | false | undefined;
}

/** The shop's connections. */
export interface ShopServices {
  readonly client: Client<ShopFlags>;
  /** Variants by Amplitude-style remote evaluation; remembered for a moment. */
  readonly remote: RemoteClient;
  readonly profiles: 'redis' | 'memory';
  /** Sends what is queued, then closes everything, connections included. Never rejects. */
  close(): Promise<DeliveryReport>;
}

const LAB_KEY = 'lab';
/** Versions are announced by the stream; polling is for when it is down. */
const POLL_INTERVAL_MS = 5_000;
/** A visitor waits for segments and for remote variants this long at most, ms. */
export const PATIENCE_MS = 300;

/** Creates the services. Nothing has to be there yet: the shop serves defaults until it is. */
export function createShopServices({ labUrl, redisUrl, logger }: ShopServicesOptions): ShopServices {
  const redis = redisUrl === undefined ? undefined : connectRedis(redisUrl);
  const client = createClient<ShopFlags>({
    config: createPollingConfig({
      sdkKey: LAB_KEY,
      urlTemplate: `${labUrl}/datafiles/%s.json`,
      stream: true,
      pollIntervalMs: POLL_INTERVAL_MS,
      requestTimeoutMs: 3_000,
    }),
    profiles: redis ? createRedisProfileStore({ client: redis }) : createMemoryProfileStore(),
    odp: createOdp({
      allowedHosts: [new URL(labUrl).host],
      segmentsTimeoutMs: PATIENCE_MS,
      // Segments are edited in the lab; a shop in production would remember them for longer.
      segmentsCacheTimeoutMs: 2_000,
    }),
    events: createBatchEvents({ endpoint: `${labUrl}/v1/events`, flushIntervalMs: 1_000 }),
    logger,
  });
  const remote = createCachedRemoteClient(
    createRemoteClient(LAB_KEY, { serverUrl: labUrl, fetchTimeoutMillis: PATIENCE_MS, logger: false }),
    { ttlMs: 2_000, staleMs: 60_000 },
  );
  return {
    client,
    remote,
    profiles: redis ? 'redis' : 'memory',
    async close() {
      const report = await client.close();
      await remote.close();
      redis?.disconnect();
      return report;
    },
  };
}

/** The store copes with an absent Redis; the connection only has to keep trying, quietly. */
function connectRedis(url: string): Redis {
  const redis = new Redis(url, { retryStrategy: (attempt) => Math.min(50 * attempt, 1_000) });
  redis.on('error', () => undefined);
  return redis;
}
