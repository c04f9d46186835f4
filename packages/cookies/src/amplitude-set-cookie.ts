/**
 * Writes an identity cookie on a server and keeps the fields that the page has written.
 *
 * The service's server SDKs write a cookie from a device id alone. If that replaces an existing cookie, the user is
 * signed out of analytics and, worse, an opt-out becomes consent.
 */
import { amplitudeCookieName, formatAmplitudeCookie } from './amplitude-cookie.ts';
import { readCookies } from './amplitude-identity.ts';
import { check } from './check.ts';
import type { CookieSource } from './cookie-source.ts';
import { type AmplitudeCookieFormat, pickFields } from './identity.ts';

/** The fields and attributes of the cookie. */
export interface SetCookieOptions {
  /** API key of the analytics project. */
  readonly apiKey: string;
  readonly deviceId: string;
  /**
   * The request's cookies, preferably its `Cookie` header; `null` when there are none. Required: user id, opt-out,
   * session and counters of an existing cookie are carried over, in either format.
   */
  readonly cookies: CookieSource;
  /** Default: the format of the existing cookie, else `legacy`. */
  readonly format?: AmplitudeCookieFormat | undefined;
  /** The user id; by default that of the existing cookie. */
  readonly userId?: string | undefined;
  /**
   * `true` stores an opt-out. This function cannot remove an opt-out: only the page can, together with the user.
   * `false`, which the types do not allow, has no effect.
   */
  readonly optOut?: true | undefined;
  /**
   * Host name, as configured for the browser's SDK (its default is the registrable domain, such as `example.com`);
   * another one makes a second cookie of the same name. A `browser-2` cookie also stores it. By default the domain that
   * the browser's SDK stored in the existing cookie, otherwise this host only. `''`: this host only.
   */
  readonly domain?: string | undefined;
  /** Host name of the request; selects this site's cookie among several existing ones. */
  readonly host?: string | undefined;
  /** Default `/`. */
  readonly path?: string | undefined;
  /** Default 31,536,000 (365 days), as in the browser's SDK; `null` ends with the browser session. */
  readonly maxAgeSeconds?: number | null | undefined;
  /** Default `Lax`. `None` needs `secure`. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | undefined;
  /** Default `true`. */
  readonly secure?: boolean | undefined;
  /** Default `false`: with `true` the browser's SDK cannot read the cookie and creates its own id. */
  readonly httpOnly?: boolean | undefined;
}

const HOST_NAME = /^[a-z\d.-]*$/i;

/**
 * Public suffixes, under which domains are registered: a top-level domain, or `co.uk` and its like. Browsers refuse a
 * cookie for such a domain, so the browser's SDK cannot have stored it. This is not the complete list of public
 * suffixes, which is larger than this package.
 */
const PUBLIC_SUFFIX =
  /^\.?(?:(?:ac|co|com|edu|go|gob|gov|gub|info|ltd|me|mil|ne|net|nhs|nom|or|org|plc|sch|web)\.[a-z]{2}|[^.]+)\.?$/i;

/**
 * Returns a ready `Set-Cookie` header value.
 *
 * @throws SdkError `invalid-option` for an option that cannot be part of a header, for `cookies` of a type without
 * cookies or longer than 16,384 characters, and when the cookie would be longer than 4,096 characters.
 */
export function amplitudeSetCookie(options: SetCookieOptions): string {
  check(
    'cookies' in Object(options),
    "cookies must be the request's, or null: a cookie written blindly may drop an opt-out.",
  );
  const { apiKey, deviceId, cookies, userId, path = '/', maxAgeSeconds = 31_536_000 } = options;
  const { sameSite = 'Lax', secure = true, httpOnly } = options;
  const { identity, isComplete } = readCookies(cookies, apiKey, options);
  check(
    isComplete,
    'cookies is longer than 16,384 characters; an opt-out at its end would be lost, so none is written.',
  );
  const { format: foundFormat, ...existing } = identity;
  const format = options.format ?? foundFormat ?? 'legacy';
  const optOut = options.optOut || existing.optOut;
  check(
    userId === undefined || pickFields({ userId }).userId,
    'userId must be 1 to 512 characters without control characters.',
  );
  const domain = options.domain ?? usableDomain(existing.cookieDomain);
  check(isText(domain, HOST_NAME), 'domain must be a host name such as "example.com".');
  // The attribute and the stored domain must be equal, or the browser's SDK treats the cookie as that of another site.
  const cookieDomain = domain || undefined;
  const value = formatAmplitudeCookie(
    { ...existing, deviceId, userId: userId ?? existing.userId, optOut, cookieDomain },
    format,
  );
  check(isText(path, /^\/[ -:<-~]*$/), 'path must begin with "/" and be printable ASCII without ";".');
  check(
    maxAgeSeconds === null || (Number.isSafeInteger(maxAgeSeconds) && maxAgeSeconds > 0),
    'maxAgeSeconds must be a whole number above 0, or null.',
  );
  check(
    isText(sameSite, /^(Strict|Lax|None)$/) && (secure || sameSite !== 'None'),
    'sameSite must be "Strict", "Lax" or, with secure, "None".',
  );
  return [
    `${amplitudeCookieName(apiKey, { format })}=${value}`,
    maxAgeSeconds && `Max-Age=${maxAgeSeconds}`,
    domain && `Domain=${domain}`,
    `Path=${path}`,
    secure && 'Secure',
    httpOnly && 'HttpOnly',
    `SameSite=${sameSite}`,
  ]
    .filter(Boolean)
    .join('; ');
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/** The visitor can write the cookie, so an unusable domain in it must not make the request fail. */
function usableDomain(noted = ''): string {
  return HOST_NAME.test(noted) && !PUBLIC_SUFFIX.test(noted) ? noted : '';
}
