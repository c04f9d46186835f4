/**
 * An HTTP exchange for most callers: with limits, a redirect policy, and errors without secrets. All network requests
 * use this module or `requestOnce`; callers add only their own rules.
 */
import { SdkError } from '@sortition/core/errors';
import { checkHeaders } from './check-headers.ts';
import { releaseBody } from './release-body.ts';
import { type HttpExchange, type HttpSending, send, withinBounds } from './request-once.ts';
import { type HttpResponse, readResponse, readStatus } from './response.ts';
import { type Endpoint, parseUrl } from './url.ts';

/** Options of `requestStatus`. */
export interface HttpStatusRequest extends HttpSending {
  /**
   * Number of redirects to follow, to the same origin only; 3 by default. Browsers hide where a redirect leads, so
   * there it is an error.
   */
  readonly maxRedirects?: number;
}

/** Options of `request`. */
export interface HttpRequest extends HttpStatusRequest, HttpExchange {}

/**
 * Sends a request and reads the whole response, whatever its status. Rejects with `SdkError`:
 *
 * - `request-failed`: no complete answer came (connection, TLS, truncated or badly compressed body, refused redirect)
 * - `timeout`, `aborted`
 * - `invalid-response`: the body is over `maxBytes` or not UTF-8
 * - `invalid-option`: the URL or a header cannot be sent
 */
export function request(options: HttpRequest): Promise<HttpResponse> {
  return exchange(options, (response, what) => readResponse(response, options.maxBytes, what));
}

/**
 * Sends a request for which only the status matters: resolves as soon as it is known, even if the rest of the response
 * fails later. A small body is still read in the background, so that the connection can be used again.
 */
export function requestStatus(options: HttpStatusRequest): Promise<HttpResponse> {
  return exchange(options, readStatus);
}

/** Reads the needed part of a response. */
type Read = (response: Response, what: string) => HttpResponse | Promise<HttpResponse>;

async function exchange(options: HttpStatusRequest, read: Read): Promise<HttpResponse> {
  checkHeaders(options.headers);
  const start = parseUrl(options.url, 'url');
  // Paths and queries may contain keys, so messages name only the origin.
  const what = `${options.method ?? 'GET'} ${start.origin}`;
  return withinBounds(options, what, (within) => follow(options, start, read, within, what));
}

async function follow(
  options: HttpStatusRequest,
  start: Endpoint,
  read: Read,
  within: AbortSignal,
  what: string,
): Promise<HttpResponse> {
  const { maxRedirects = 3 } = options;
  let at = start;
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(options, at.href, within);
    const target = redirectTarget(response, at, options.method);
    if (target === null) return read(response, what);
    void releaseBody(response);
    if (target === undefined || redirects === maxRedirects) {
      throw new SdkError(
        'request-failed',
        `${what} was redirected ${target === undefined ? 'to somewhere it must not follow' : `more than ${maxRedirects} times`}; only redirects within the same origin are followed.`,
      );
    }
    at = target;
  }
}

/** Returns the target of a redirect: `null` for none, `undefined` for a target that is not followed. */
function redirectTarget(response: Response, from: Endpoint, method = 'GET'): Endpoint | null | undefined {
  const { status, type } = response;
  if (type === 'opaqueredirect') return undefined;
  // React Native follows redirects by itself; a response from another origin is refused.
  const elsewhere = response.url && response.url !== from.href;
  if (elsewhere && resolveUrl(response.url, from) === undefined) return undefined;
  if (![301, 302, 303, 307, 308].includes(status)) return null;
  const location = response.headers.get('location');
  if (location === null || (method !== 'GET' && status < 307)) return undefined;
  return resolveUrl(location, from);
}

/** Resolves a reference within the origin of `from`; returns `undefined` for another origin or an invalid reference. */
function resolveUrl(reference: string, from: Endpoint): Endpoint | undefined {
  const { protocol, origin, pathname } = from;
  let url = `${origin}${pathname.replace(/[^/]*$/, '')}${reference}`;
  if (/^[a-z][\w+.-]*:/i.test(reference)) url = reference;
  else if (reference.startsWith('//')) url = protocol + reference;
  else if (reference.startsWith('/')) url = origin + reference;
  else if (reference.startsWith('?')) url = origin + pathname + reference;
  try {
    const target = parseUrl(url, 'location');
    return target.origin === origin ? target : undefined;
  } catch {
    return undefined; // a location that is not a URL
  }
}
