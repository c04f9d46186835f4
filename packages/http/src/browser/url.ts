/** Parsing of URLs in a browser, with its own parser. */
import { SdkError } from '@sortition/core/errors';
import type * as main from '../url.ts';

/** Refuses URLs that a parser would repair, and user names. */
const PLAIN_URL = /^https?:\/\/[^\s\\/?#@%]+(\/[^\s?#\\]*)?([?#]\S*)?$/i;

/**
 * The same as in the main entry, except that `href` and host names are normalised and dots in the path are resolved.
 */
export const parseUrl: typeof main.parseUrl = (url, option) => {
  try {
    if (PLAIN_URL.test(url)) return new URL(url) as URL & main.Endpoint;
  } catch {
    // Refused below.
  }
  const problem = /^\w+:\/*[^/?#]*@/.test(url)
    ? 'holds a user name or password; pass credentials as headers instead.'
    : 'is not an absolute URL; expected something like https://example.com/path, without spaces.';
  throw new SdkError('invalid-option', `${option} ${problem}`);
};
