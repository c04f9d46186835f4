/**
 * An HTTP exchange as most callers need it: within bounds, with a redirect policy, and with errors that show no secrets.
 * Everything that talks to a network goes through here or through `requestOnce`; each caller brings only its own rules.
 */
import { SdkError } from '@sortition/core/errors';
import { checkHeaders } from './check-headers.ts';
import { releaseBody } from './release-body.ts';
import { type HttpExchange, type HttpSending, send, withinBounds } from './request-once.ts';
import { type HttpResponse, readResponse, readStatus } from './response.ts';
import { type Endpoint, parseUrl } from './url.ts';

/** Options of `requestStatus`. */
export interface HttpStatusRequest extends HttpSending {
  /** Redirects followed, same origin only; 3 when absent. Browsers hide where a redirect leads, so there it is an error. */
  readonly maxRedirects?: number;
}

/** Options of `request`. */
export interface HttpRequest extends HttpStatusRequest, HttpExchange {}

/**
 * Sends a request and reads the whole answer, whatever its status. Rejects with `SdkError`:
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
 * The same for services whose status says everything: answers as soon as it is known, because what they accepted stays
 * accepted, however the rest of the answer arrives. A small body is still read to its end behind it, so that the connection
 * can be used again.
 */
export function requestStatus(options: HttpStatusRequest): Promise<HttpResponse> {
  return exchange(options, readStatus);
}

/** Reads what is needed of an answer. */
type Read = (response: Response, what: string) => HttpResponse | Promise<HttpResponse>;

async function exchange(options: HttpStatusRequest, read: Read): Promise<HttpResponse> {
  checkHeaders(options.headers);
  const start = parseUrl(options.url, 'url');
  // Paths and queries may hold keys, so an exchange is named by its origin.
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

/** Where the answer sends us: `null` nowhere, `undefined` to where we do not follow. */
function redirectTarget(response: Response, from: Endpoint, method = 'GET'): Endpoint | null | undefined {
  const { status, type } = response;
  if (type === 'opaqueredirect') return undefined;
  // React Native follows by itself; what came from another origin is not looked at.
  const elsewhere = response.url && response.url !== from.href;
  if (elsewhere && resolveUrl(response.url, from) === undefined) return undefined;
  if (![301, 302, 303, 307, 308].includes(status)) return null;
  const location = response.headers.get('location');
  if (location === null || (method !== 'GET' && status < 307)) return undefined;
  return resolveUrl(location, from);
}

/** A reference within the origin of `from`, made absolute; `undefined` for one that leads elsewhere or nowhere. */
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
    return undefined; // a location that is not a URL leads nowhere
  }
}
