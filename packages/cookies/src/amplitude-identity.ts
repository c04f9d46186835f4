/** Reads a visitor's ids from a request, whichever cookie of the browser's SDKs has them. */
import { amplitudeCookieName, parseAmplitudeCookie } from './amplitude-cookie.ts';
import { type CookieSource, findCookie } from './cookie-source.ts';
import type { AmplitudeCookie, AmplitudeCookieFormat } from './identity.ts';

/** A cookie's fields and the format they came in; `format` is absent when no cookie could be read. */
export interface AmplitudeIdentity extends AmplitudeCookie {
  format?: AmplitudeCookieFormat;
}

/**
 * Reads the visitor's device id, user id and opt-out. As in the browser's SDK a `browser-2` cookie goes before a legacy
 * one, unless only that has a device id; `{}` when neither can be read. The ids are what the visitor's browser says: use
 * them to bucket, never to authorize.
 *
 * @param apiKey The analytics project's key. One of less than 10 characters names a legacy cookie only.
 * @throws SdkError `invalid-option` on a key that cannot name a cookie; never because of the cookies. What a look-up function
 * throws is passed on.
 */
export function readAmplitudeIdentity(cookies: CookieSource, apiKey: string): AmplitudeIdentity {
  const found = readCookies(cookies, apiKey);
  return found.find(({ deviceId }) => deviceId) ?? found[0] ?? {};
}

/** Returns the cookies with at least one usable field, the preferred first. */
export function readCookies(cookies: CookieSource, apiKey: string): AmplitudeIdentity[] {
  const formats = (['browser-2', 'legacy'] as const).slice(apiKey?.length < 10 ? 1 : 0);
  return formats
    .map((format) => ({
      ...parseAmplitudeCookie(findCookie(cookies, amplitudeCookieName(apiKey, { format })), { format }),
      format,
    }))
    .filter((cookie) => Object.keys(cookie).length > 1);
}
