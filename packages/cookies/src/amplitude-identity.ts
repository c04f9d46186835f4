/** Reads a visitor's ids from the cookies of the browser's SDKs in a request. */
import { amplitudeCookieName, parseAmplitudeCookie } from './amplitude-cookie.ts';
import { type CookieSource, findCookies } from './cookie-source.ts';
import type { AmplitudeCookie, AmplitudeCookieFormat } from './identity.ts';
import { decodePercent } from './percent.ts';

/** A cookie's fields and the format they came in; `format` is absent when no cookie could be read. */
export interface AmplitudeIdentity extends AmplitudeCookie {
  format?: AmplitudeCookieFormat;
}

/** Selects one of several cookies with the same name; all fields are optional. */
export interface CookiePreference {
  /** Host name of the request. */
  readonly host?: string | undefined;
  /** Domain of the cookie, as configured for the browser's SDK. */
  readonly domain?: string | undefined;
}

/**
 * Reads the visitor's device id, user id and opt-out. As in the browser's SDK, a `browser-2` cookie is preferred to a
 * legacy one, unless only the legacy one has a device id; returns `{}` when neither can be read. An opt-out counts in
 * any of several cookies with the same name, in a value with broken percent-encoding, and in the other format unless
 * the preferred cookie says `false`. The ids come from the cookie whose `cookieDomain` fits best, then from the one
 * with the newest `lastEventTime`. The visitor controls them: use them for bucketing, never for authorization.
 *
 * @param apiKey The analytics project's key. One of less than 10 characters names a legacy cookie only.
 * @throws SdkError `invalid-option` for a key that cannot name a cookie, and for `cookies` of a type without cookies;
 * never because of what the visitor sent. Errors of a look-up function are passed on.
 */
export function readAmplitudeIdentity(
  cookies: CookieSource,
  apiKey: string,
  preference?: CookiePreference,
): AmplitudeIdentity {
  return readCookies(cookies, apiKey, preference).identity;
}

/** The cookies of a request. */
export interface ReadCookies {
  readonly identity: AmplitudeIdentity;
  /** `false` when there may be more, because a header was too long to be read to its end. */
  readonly isComplete: boolean;
}

/** Reads all cookies of both names. */
export function readCookies(
  cookies: CookieSource,
  apiKey: string,
  preference: CookiePreference | null | undefined,
): ReadCookies {
  const formats = (['browser-2', 'legacy'] as const).slice(apiKey?.length < 10 ? 1 : 0);
  let isComplete = true;
  const found = formats.flatMap((format) => {
    const source = findCookies(cookies, amplitudeCookieName(apiKey, { format }));
    isComplete &&= source.isComplete;
    return (
      source.values
        .map((value): AmplitudeIdentity => {
          const cookie = parseAmplitudeCookie(value, { format });
          // What a value with a broken escape says is not known, an opt-out included.
          return { ...cookie, ...(decodePercent(value) === undefined && { optOut: true }), format };
        })
        .filter((cookie) => Object.keys(cookie).length > 1)
        // Sorting is stable: of equal cookies the first is used.
        .sort((a, b) => fit(b, preference) - fit(a, preference) || (b.lastEventTime ?? 0) - (a.lastEventTime ?? 0))
    );
  });
  const first = found.find(({ deviceId }) => deviceId) ?? found[0] ?? {};
  // A cookie of the other format is used where this one has no opt-out field, as in the browser's SDK.
  const isOut = found.some((each) => each.optOut && (each.format === first.format || first.optOut === undefined));
  return { identity: { ...first, ...(isOut && { optOut: true }) }, isComplete };
}

/**
 * Returns how well the domain of a cookie fits: -1 for another site, 0 for unknown, more for a longer part of the host
 * name.
 */
function fit({ cookieDomain }: AmplitudeCookie, preference: CookiePreference | null | undefined): number {
  const own = plainName(cookieDomain);
  const host = plainName(preference?.host);
  const domain = preference?.domain;
  if (domain != null && own === plainName(domain)) return 512;
  if (!own || !host) return 0;
  return `.${host}`.endsWith(`.${own}`) ? own.length : -1;
}

/** Returns a host name without a leading dot and without a port. */
function plainName(host: unknown): string {
  return (typeof host === 'string' ? host : '').toLowerCase().replace(/^\.|:\d+$/g, '');
}
