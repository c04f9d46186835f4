/** Who visits: the id in the cookie of the analytics SDK, which the proxy sets where there is none. */

import { readAmplitudeIdentity } from '@sortition/cookies';
import type { PageUserInput } from '@sortition/react/server';
import { dedupe } from 'flags/next';
import { headers as requestHeaders } from 'next/headers';

/** Of the analytics project whose cookie names visitors. */
export const ANALYTICS_KEY = 'lab-analytics';
/** Header by which the proxy tells pages the id. */
export const VISITOR_HEADER = 'x-visitor-id';

/** What audiences ask for. */
export const ATTRIBUTES = { plan: 'member', country: 'DE', app_version: '3.2.1' };

/** A new id, the same one throughout a request. */
const newVisitorId = dedupe(() => crypto.randomUUID() as string);

/** The id of the visitor who sent these headers; a new one without the cookie. */
export async function visitorId(headers: { get(name: string): string | null }): Promise<string> {
  return readAmplitudeIdentity(headers.get('cookie') ?? '', ANALYTICS_KEY).deviceId ?? (await newVisitorId());
}

/** The visitor of the request that is answered. */
export async function currentVisitor(): Promise<PageUserInput> {
  const id = (await requestHeaders()).get(VISITOR_HEADER) ?? 'a visitor without a proxy';
  return { id, attributes: ATTRIBUTES };
}
