/**
 * A client per request over one config per isolate.
 *
 * What a request starts ends with it on these platforms, timers and sockets included, so nothing but the parsed datafile is
 * shared between requests.
 */
import { type Client, type ConfigSource, createBatchEvents, createClient, createPollingConfig } from 'sortition';
import type { EdgeContext, EdgeEnv } from './edge-env.ts';

/** The flags this worker asks for. */
export interface ShopFlags {
  checkout: { variations: 'classic' | 'one_page' | 'express'; variables: { steps: number; button_label: string } };
  free_shipping: { variations: 'on' | 'off'; variables: { minimum: number } };
}

/** How long the first requests of an isolate wait for a datafile before they are served the defaults, ms. */
const READY_TIMEOUT_MS = 500;

/** Creates the config source of an isolate. It has no timer: requests refresh it, in the background. */
export function createShopConfig({ SDK_KEY, DATAFILE_URL, CONFIG_MAX_AGE_MS = '10000' }: EdgeEnv): ConfigSource {
  return createPollingConfig({
    sdkKey: SDK_KEY,
    urlTemplate: DATAFILE_URL,
    updates: 'on-use',
    pollIntervalMs: Number(CONFIG_MAX_AGE_MS),
    requestTimeoutMs: 3_000,
  });
}

/**
 * Creates the client of a request; resolves once it can decide, or has waited for that long enough.
 *
 * @param visitor Whether events may tell of them: those who opted out of analytics are not counted.
 */
export async function openShopClient(
  config: ConfigSource,
  { EVENTS_URL }: EdgeEnv,
  context: EdgeContext,
  visitor: 'counted' | 'uncounted',
): Promise<Client<ShopFlags>> {
  const client = createClient<ShopFlags>({
    config,
    events: visitor === 'counted' ? createBatchEvents({ endpoint: EVENTS_URL, requestTimeoutMs: 3_000 }) : null,
    waitUntil: (work) => context.waitUntil(work),
  });
  await client.ready({ timeoutMs: READY_TIMEOUT_MS }).catch(() => undefined);
  return client;
}

/** Sends what the request recorded, and lets a refresh it started finish, before the client goes. */
export async function closeShopClient(client: Client<ShopFlags>): Promise<void> {
  await client.flush();
  await client.close();
}
