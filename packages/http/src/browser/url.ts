/** Which URLs may be called at all, in a browser, whose own parser takes them apart. */
import { SdkError } from '@sortition/core/errors';
import type * as main from '../url.ts';

/** Nothing that a parser would repair, and no user name. */
const PLAIN_URL = /^https?:\/\/[^\s\\/?#@%]+(\/[^\s?#\\]*)?([?#]\S*)?$/i;

/** The same as in the main entry, but for `href` and host names, which are rewritten in their usual form, and dots in the path, which are resolved. */
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
