/**
 * Gives every visitor an id before a page decides for them: that of the analytics cookie, or a new one in such a cookie. Chooses the
 * page that was built ahead for what is decided for them.
 */
import { amplitudeSetCookie, readAmplitudeIdentity } from '@sortition/cookies';
import { precompute } from 'flags/next';
import { type NextRequest, NextResponse } from 'next/server';
import { STATIC_FLAGS } from './shop/static-flags.ts';
import { ANALYTICS_KEY, VISITOR_HEADER, visitorId } from './shop/visitor.ts';

/** Runs before pages and the routes that track. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const cookies = request.headers.get('cookie') ?? '';
  const id = await visitorId(request.headers);
  const headers = new Headers(request.headers);
  headers.set(VISITOR_HEADER, id);
  const { nextUrl } = request;
  const response =
    nextUrl.pathname === '/offers'
      ? NextResponse.rewrite(new URL(`/offers/${await precompute(STATIC_FLAGS)}`, nextUrl), { request: { headers } })
      : NextResponse.next({ request: { headers } });
  if (readAmplitudeIdentity(cookies, ANALYTICS_KEY).deviceId === undefined) {
    // Plain http on loopback, where a browser would not send a secure cookie back.
    const cookie = amplitudeSetCookie({ apiKey: ANALYTICS_KEY, deviceId: id, cookies: cookies || null, secure: false });
    response.headers.append('set-cookie', cookie);
  }
  return response;
}

/** Where it runs. */
export const config = { matcher: ['/', '/cart', '/thanks', '/offers', '/api/purchases'] };
