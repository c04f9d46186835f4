/** The client of the shop's server. One per process, wherever Next bundles this file into. */
import { createOdp } from '@sortition/odp';
import { type Client, createBatchEvents, createClient, createPollingConfig } from 'sortition';
import type { ShopFlags } from './shop-flags.ts';

const SHARED = Symbol.for('next-shop.client');
const shared = globalThis as { [SHARED]?: Client<ShopFlags> };
/** A visitor waits for segments this long at most, ms. */
const PATIENCE_MS = 300;

/** Seals the impressions of pages; a real shop has a secret of its own. */
export const IMPRESSION_KEY: string = process.env.IMPRESSION_KEY ?? 'the lab runs on this machine only';

/** Address of the lab. */
export function labUrl(): string {
  return `http://127.0.0.1:${process.env.LAB_PORT ?? '4010'}`;
}

/** Creates the client at the first request. */
export function shopClient(): Client<ShopFlags> {
  shared[SHARED] ??= createClient<ShopFlags>({
    config: createPollingConfig({
      sdkKey: 'lab',
      urlTemplate: `${labUrl()}/datafiles/%s.json`,
      stream: true,
      pollIntervalMs: 5_000,
    }),
    odp: createOdp({
      allowedHosts: [new URL(labUrl()).host],
      segmentsTimeoutMs: PATIENCE_MS,
      segmentsCacheTimeoutMs: 2_000,
    }),
    events: createBatchEvents({ endpoint: `${labUrl()}/v1/events`, flushIntervalMs: 1_000 }),
  });
  return shared[SHARED];
}

/** Sends what is left. */
export async function closeShopClient(): Promise<void> {
  await shared[SHARED]?.close();
}
