/**
 * `request` where the platform is a browser, which does much of it: a redirect shows as an answer without a status and is
 * never followed, headers that cannot be sent are refused without a word of their value, and the cache asks whether
 * something changed.
 */
import { SdkError } from '@sortition/core/errors';
import type { HttpRequest, HttpStatusRequest } from '../request.ts';
import { sendOnce, withinBounds } from '../request-once.ts';
import type { HttpResponse } from '../response.ts';
import { showsSecret } from '../secrets.ts';
import { readResponse, readStatus } from './response.ts';
import { parseUrl } from './url.ts';

/** The same as `request` of the main entry, but for redirects and headers; see there. */
export function request(options: HttpRequest): Promise<HttpResponse> {
  return exchange(options, (response, what) => readResponse(response, options.maxBytes, what));
}

/** The same as `requestStatus` of the main entry; see there. */
export function requestStatus(options: HttpStatusRequest): Promise<HttpResponse> {
  return exchange(options, readStatus);
}

async function exchange(
  options: HttpStatusRequest,
  read: (response: Response, what: string) => HttpResponse | Promise<HttpResponse>,
): Promise<HttpResponse> {
  const { url, method = 'GET', secrets = [] } = options;
  const { origin } = parseUrl(url, 'url');
  const what = `${method} ${origin}`;
  const maskCause = (error: unknown) => (showsSecret(error, secrets) ? undefined : error);
  return withinBounds(options, { what, maskCause }, async (within) => {
    const response = await sendOnce(options, url, within);
    if (response.type === 'opaqueredirect') {
      throw new SdkError('request-failed', `${what} was redirected; browsers do not show where to.`);
    }
    return read(response, what);
  });
}
