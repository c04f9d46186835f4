/** Reads a visitor's ids from a request, whichever cookies of the browser's SDKs have them. */
import { amplitudeCookieName, parseAmplitudeCookie } from './amplitude-cookie.ts';
import { type CookieSource, findCookies } from './cookie-source.ts';
import type { AmplitudeCookie, AmplitudeCookieFormat } from './identity.ts';
import { decodePercent } from './percent.ts';

/** A cookie's fields and the format they came in; `format` is absent when no cookie could be read. */
export interface AmplitudeIdentity extends AmplitudeCookie {
  format?: AmplitudeCookieFormat;
}

/** What tells several cookies of one name apart; all of it may be left out. */
export interface CookiePreference {
  /** Host name of the request. */
  readonly host?: string | undefined;
  /** Domain of the cookie, as configured for the browser's SDK. */
  readonly domain?: string | undefined;
}

/**
 * Reads the visitor's device id, user id and opt-out. As in the browser's SDK a `browser-2` cookie goes before a legacy
 * one, unless only that has a device id; `{}` when neither can be read. Of several cookies of one name an opt-out in any
 * counts, as does one whose percent-encoding is broken, and an opt-out in the other format unless this one says `false`. The
 * ids come from the one whose `cookieDomain` fits best, then from the one with the newest `lastEventTime`. They are what the
 * visitor's browser says: use them to bucket, never to authorize.
 *
 * @param apiKey The analytics project's key. One of less than 10 characters names a legacy cookie only.
 * @throws SdkError `invalid-option` on a key that cannot name a cookie, and on `cookies` that are not of a kind that has
 * cookies; never because of what the visitor sent. What a look-up function throws is passed on.
 */
export function readAmplitudeIdentity(
  cookies: CookieSource,
  apiKey: string,
  preference?: CookiePreference,
): AmplitudeIdentity {
  return readCookies(cookies, apiKey, preference).identity;
}

/** What the cookies of a request say. */
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
        // Sorting is stable: of equals the first counts.
        .sort((a, b) => fit(b, preference) - fit(a, preference) || (b.lastEventTime ?? 0) - (a.lastEventTime ?? 0))
    );
  });
  const first = found.find(({ deviceId }) => deviceId) ?? found[0] ?? {};
  // What a cookie of the other format says counts where this one says nothing, as in the browser's SDK.
  const isOut = found.some((each) => each.optOut && (each.format === first.format || first.optOut === undefined));
  return { identity: { ...first, ...(isOut && { optOut: true }) }, isComplete };
}

/** How well the domain of a cookie fits: -1 that of another site, 0 unknown, more for a longer part of the host's name. */
function fit({ cookieDomain }: AmplitudeCookie, preference: CookiePreference | null | undefined): number {
  const own = plainName(cookieDomain);
  const host = plainName(preference?.host);
  const domain = preference?.domain;
  if (domain != null && own === plainName(domain)) return 512;
  if (!own || !host) return 0;
  return `.${host}`.endsWith(`.${own}`) ? own.length : -1;
}

/** Without the dot in front and the port behind, which mean nothing. */
function plainName(host: unknown): string {
  return (typeof host === 'string' ? host : '').toLowerCase().replace(/^\.|:\d+$/g, '');
}
