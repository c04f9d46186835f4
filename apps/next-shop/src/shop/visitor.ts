/** Who visits: the id in the cookie of the analytics SDK, which the proxy sets where there is none. */

import type { PageUserInput } from '@sortition/react/server';
import { headers } from 'next/headers';

/** Of the analytics project whose cookie names visitors. */
export const ANALYTICS_KEY = 'lab-analytics';
/** Header by which the proxy tells pages the id. */
export const VISITOR_HEADER = 'x-visitor-id';

/** What audiences ask for. */
export const ATTRIBUTES = { plan: 'member', country: 'DE', app_version: '3.2.1' };

/** The visitor of the request that is answered. */
export async function currentVisitor(): Promise<PageUserInput> {
  const id = (await headers()).get(VISITOR_HEADER) ?? 'a visitor without a proxy';
  return { id, attributes: ATTRIBUTES };
}
