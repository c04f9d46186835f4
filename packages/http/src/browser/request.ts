/**
 * `request` in a browser, which does much of the work: a redirect is a response without a status and is never followed,
 * invalid headers are refused without quoting their value, and the cache revalidates.
 */
import { SdkError } from '@sortition/core/errors';
import type { HttpRequest, HttpStatusRequest } from '../request.ts';
import { type HttpResponse, readResponse, readStatus } from '../response.ts';
import { exchange } from './request-once.ts';
import { parseUrl } from './url.ts';

/** The same as `request` of the main entry, except for redirects and headers; see there. */
export function request(options: HttpRequest): Promise<HttpResponse> {
  return ask(options, (response, what) => readResponse(response, options.maxBytes, what));
}

/** The same as `requestStatus` of the main entry; see there. */
export function requestStatus(options: HttpStatusRequest): Promise<HttpResponse> {
  return ask(options, readStatus);
}

async function ask(
  options: HttpStatusRequest,
  read: (response: Response, what: string) => HttpResponse | Promise<HttpResponse>,
): Promise<HttpResponse> {
  const what = `${options.method ?? 'GET'} ${parseUrl(options.url, 'url').origin}`;
  return exchange(options, what, (response) => {
    if (response.type !== 'opaqueredirect') return read(response, what);
    throw new SdkError('request-failed', `${what} was redirected; browsers do not show where to.`);
  });
}
