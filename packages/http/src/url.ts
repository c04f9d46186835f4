/**
 * Parsing of URLs without the platform's `URL`: that of React Native has no `username` and adds slashes, and
 * `URL.canParse` is missing in many runtimes. Fewer texts are accepted than by `URL`: none that a parser would repair,
 * so that the checked host is the called host, and the text can be sent unchanged.
 */
import { SdkError } from '@sortition/core/errors';

/** The parts of an absolute http or https URL, named as those of `URL`. */
export interface Endpoint {
  /** The unchanged text. */
  readonly href: string;
  readonly protocol: 'http:' | 'https:';
  /** In lower case; an IPv6 address with its brackets. */
  readonly hostname: string;
  /** `''` for the default port of the protocol. */
  readonly port: string;
  /** `hostname`, with `port` unless it is the default. */
  readonly host: string;
  readonly origin: string;
  /** `/` when the URL has none; dots and escapes as written. */
  readonly pathname: string;
  /** With its question mark; `''` when the URL has none. */
  readonly search: string;
  /** With its `#`; `''` when the URL has none. */
  readonly hash: string;
}

/** Protocol, host, port, path, query, fragment; no white space, no control character, no backslash in the path. */
const PLAIN_URL =
  /^(?=[!-\uffff]+$)(https?:)\/\/([\w.\x80-\uffff-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?(\/[^?#\\]*)?(\?[^#]*)?(#.*)?$/i;

/**
 * Parses any absolute http or https URL. Throws an `SdkError` with the code `invalid-option`, without quoting the text,
 * for anything else and for a URL with a user name or a password.
 *
 * @param option Name of the option the URL came from.
 */
export function parseUrl(url: string, option: string): Endpoint {
  const parts = PLAIN_URL.exec(url);
  if (!parts) {
    const problem = /^\w+:\/*[^/?#]*@/.test(url)
      ? 'holds a user name or password; pass credentials as headers instead.'
      : 'is not an absolute URL; expected something like https://example.com/path, without spaces.';
    throw new SdkError('invalid-option', `${option} ${problem}`);
  }
  const [, scheme = '', name = '', given, pathname = '/', search = '', hash = ''] = parts;
  const protocol = scheme.toLowerCase() as Endpoint['protocol'];
  const usual = protocol === 'https:' ? 443 : 80;
  const port = Number(given ?? usual) === usual ? '' : String(Number(given));
  const hostname = name.toLowerCase();
  const host = port ? `${hostname}:${port}` : hostname;
  return { href: String(url), protocol, hostname, port, host, origin: `${protocol}//${host}`, pathname, search, hash };
}
