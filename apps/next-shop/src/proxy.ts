/** Gives every visitor an id before a page decides for them: that of the analytics cookie, or a new one in such a cookie. */
import { amplitudeSetCookie, readAmplitudeIdentity } from '@sortition/cookies';
import { type NextRequest, NextResponse } from 'next/server';
import { ANALYTICS_KEY, VISITOR_HEADER } from './shop/visitor.ts';

/** Runs before pages and the routes that track. */
export function proxy(request: NextRequest): NextResponse {
  const cookies = request.headers.get('cookie') ?? '';
  const { deviceId } = readAmplitudeIdentity(cookies, ANALYTICS_KEY);
  const id = deviceId ?? crypto.randomUUID();
  const headers = new Headers(request.headers);
  headers.set(VISITOR_HEADER, id);
  const response = NextResponse.next({ request: { headers } });
  if (deviceId === undefined) {
    // Plain http on loopback, where a browser would not send a secure cookie back.
    const cookie = amplitudeSetCookie({ apiKey: ANALYTICS_KEY, deviceId: id, cookies: cookies || null, secure: false });
    response.headers.append('set-cookie', cookie);
  }
  return response;
}

/** Where it runs. */
export const config = { matcher: ['/', '/cart', '/thanks', '/api/purchases'] };
