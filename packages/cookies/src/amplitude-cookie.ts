/**
 * Name, parse and generate for the cookie in which Amplitude's browser SDKs keep a visitor's ids, so that a server and
 * the page agree on the device id.
 *
 * @see https://amplitude.com/docs/sdks/experiment-sdks/experiment-node-js
 */
import { formatBrowser, parseBrowser } from './browser-format.ts';
import { check } from './check.ts';
import { type AmplitudeCookie, type AmplitudeCookieFormat, pickFields } from './identity.ts';
import { formatLegacy, parseLegacy } from './legacy-format.ts';
import { decodePercent } from './percent.ts';

/** `null` counts as absent. */
interface FormatOption {
  readonly format?: AmplitudeCookieFormat | undefined;
}

/** The longest cookie that browsers store; longer values are neither written nor read. */
const MAX_COOKIE_LENGTH = 4096;

/** The characters of a cookie's name. @see https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const TOKEN = /^[!#$%&'*+\-.^`|~\w]+$/;

/**
 * Returns the name of the cookie: `amp_` and the key's first 6 characters, or `AMP_` and its first 10.
 *
 * @param apiKey The API key of the analytics project, not the deployment key of the experiments.
 * @throws SdkError `invalid-option` when the key is too short or has characters that no cookie name may have.
 */
export function amplitudeCookieName(apiKey: string, options?: FormatOption): string {
  const length = isBrowser(options?.format) ? 10 : 6;
  const start = typeof apiKey === 'string' ? apiKey.slice(0, length) : '';
  check(
    start.length === length && TOKEN.test(start),
    `The API key must be a text of at least ${length} letters and digits: pass the analytics project's key.`,
  );
  return (length > 6 ? 'AMP_' : 'amp_') + start;
}

/**
 * Reads a cookie's value, percent-encoded or not, with or without base64 padding.
 *
 * Never throws: returns `{}` for a value that is not a text, longer than 4,096 characters or malformed, except that a
 * visible opt-out in a malformed value is read. Without `format`, a value with a dot is `legacy` and one without is
 * `browser-2`.
 */
export function parseAmplitudeCookie(value: string | null | undefined, options?: FormatOption): AmplitudeCookie {
  if (typeof value !== 'string' || value.length > MAX_COOKIE_LENGTH) return {};
  // Neither format uses "%", so a "%" comes from a framework's encoding.
  const decoded = decodePercent(value);
  const text = decoded ?? value.replace(/%3d/gi, '=').replace(/%/g, '');
  const format = options?.format ?? (text.includes('.') ? 'legacy' : 'browser-2');
  const cookie = format === 'legacy' ? parseLegacy(text) : parseBrowser(text);
  // Ids in a value with broken percent-encoding cannot be trusted.
  return decoded !== undefined ? cookie : cookie.optOut ? { optOut: true } : {};
}

/**
 * Returns the value of a new cookie with only a device id, as the service's own server SDKs write it. To set a cookie
 * where one may exist use `amplitudeSetCookie`, which keeps what is in it.
 *
 * @throws SdkError `invalid-option` when the id could not be read back: for `legacy` anything but printable ASCII
 * without spaces, quotes, and `. , ; % \`; for both formats control characters, nothing, more than 512 characters.
 */
export function generateAmplitudeCookie(deviceId: string, options?: FormatOption): string {
  return formatAmplitudeCookie({ deviceId }, options?.format);
}

/** Writes all usable fields; throws as `generateAmplitudeCookie` does. */
export function formatAmplitudeCookie(
  cookie: { readonly [name in keyof AmplitudeCookie]: AmplitudeCookie[name] | undefined },
  format: FormatOption['format'],
): string {
  const usable = pickFields(cookie);
  const value = (isBrowser(format) ? formatBrowser : formatLegacy)(usable);
  check(
    usable.deviceId && value && value.length <= MAX_COOKIE_LENGTH,
    `The device id cannot be kept in a ${format ?? 'legacy'} cookie: use a short id of letters, digits and "-".`,
  );
  return value;
}

function isBrowser(format: FormatOption['format']): boolean {
  const wanted = format ?? 'legacy';
  check(wanted === 'legacy' || wanted === 'browser-2', 'format must be "legacy" or "browser-2".');
  return wanted === 'browser-2';
}
