/** Deciding for a page of the shop. */
import { decideForPage, type PageSnapshot, verifyForcedDecisions } from '@sortition/react/server';
import { headers } from 'next/headers';
import { IMPRESSION_KEY, shopClient } from './shop-client.ts';
import type { ShopFlags } from './shop-flags.ts';
import { currentVisitor } from './visitor.ts';

const READY_MS = 1_000;

/** Decides flags for the visitor of the request. */
export async function decidePage(flagKeys: readonly (keyof ShopFlags)[]): Promise<PageSnapshot> {
  // First of all, because it tells a build that the page is made for each request: the client is not started by then.
  const visitor = await currentVisitor();
  const client = shopClient();
  await client.ready({ timeoutMs: READY_MS }).catch(() => undefined);
  const forced = await verifyForcedDecisions({ headers: await headers() }, { key: process.env.FORCE_KEY });
  return decideForPage(client, visitor, flagKeys, {
    impressions: { url: '/api/seen', key: IMPRESSION_KEY },
    forced,
  });
}
