/**
 * One HTTP exchange within bounds: a total deadline, a cap on the inflated body, a redirect policy, and errors without
 * secrets. Everything that talks to a network goes through here; each caller brings only its own rules.
 */
import { isSdkError, SdkError } from '@sortition/core/errors';
import { withStop } from './deadline.ts';
import { parseUrl } from './endpoint.ts';
import { discardBody, type HttpResponse, readResponse, readStatus } from './response.ts';
import { maskError } from './secrets.ts';
import { type StopSignal, toAbortSignal } from './stop-signal.ts';

export interface HttpRequest {
  /** Absolute; check it with `parseEndpoint` when it comes from a user or a document. */
  readonly url: string;
  /** GET when absent. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For the whole exchange with redirects and body, in ms. */
  readonly timeoutMs: number;
  /** Most bytes of the body, inflated. */
  readonly maxBytes: number;
  /** Redirects followed, same origin only; 3 when absent. Browsers hide where a redirect leads, so there it is an error. */
  readonly maxRedirects?: number;
  readonly signal?: StopSignal | undefined;
  /** `globalThis.fetch`, read at the call, when absent. */
  readonly fetch?: typeof fetch | undefined;
  /** Lets a browser finish the request after the page is gone; at most 64 KiB. */
  readonly keepalive?: boolean;
  /**
   * `text` (when absent) reads the whole body. `status` gives it up as soon as the status is known, for services whose status
   * says everything: what they accepted stays accepted, however the rest of the answer arrives.
   */
  readonly answer?: 'text' | 'status';
  /** Texts that must not show in errors: keys and tokens that are part of the URL or a header. */
  readonly secrets?: readonly string[];
}

/**
 * Sends a request and reads the whole answer, whatever its status. Rejects with `SdkError`:
 *
 * - `request-failed`: no complete answer came (connection, TLS, truncated or badly compressed body, refused redirect)
 * - `timeout`, `aborted`
 * - `invalid-response`: the body is over `maxBytes` or not UTF-8
 * - `invalid-option`: the URL or a header cannot be sent
 */
export async function request(options: HttpRequest): Promise<HttpResponse> {
  const { method = 'GET', timeoutMs, signal, secrets = [] } = options;
  checkHeaders(options.headers);
  // Paths and queries may hold keys, so an exchange is named by its origin.
  const what = `${method} ${originOf(options.url)}`;
  try {
    return await withStop({ timeoutMs, signal, what }, (within) => exchange(options, within, what));
  } catch (error) {
    if (isSdkError(error)) throw error;
    throw new SdkError('request-failed', `${what} failed before a complete answer came.`, {
      cause: maskError(error, secrets),
    });
  }
}

/** Taking a URL apart properly costs a tenth of a small exchange; what does not begin plainly is. */
function originOf(url: string): string {
  return /^https?:\/\/[\w.:[\]-]+(?=[/?#])/.exec(url)?.[0] ?? parseUrl(url, 'url').origin;
}

async function exchange(options: HttpRequest, signal: StopSignal, what: string): Promise<HttpResponse> {
  const { maxBytes, maxRedirects = 3 } = options;
  let url = options.url;
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(options, url, signal);
    if (signal.aborted) {
      discardBody(response);
      throw signal.reason;
    }
    const target = redirectTarget(response, url, options.method);
    if (target === null) {
      return options.answer === 'status' ? readStatus(response, what) : readResponse(response, maxBytes, what);
    }
    discardBody(response);
    if (target === undefined || redirects === maxRedirects) {
      throw new SdkError(
        'request-failed',
        `${what} was redirected ${target === undefined ? 'to somewhere it must not follow' : `more than ${maxRedirects} times`}; only redirects within the same origin are followed.`,
      );
    }
    url = target;
  }
}

function send(options: HttpRequest, url: string, signal: StopSignal): Promise<Response> {
  const { method = 'GET', headers = {}, body, keepalive } = options;
  // A variable of its own: browsers refuse `fetch` as a method of another object.
  const fetch = options.fetch ?? globalThis.fetch;
  // Written out, because spreading objects into one another costs as much as all the rest of it.
  const init: RequestInit = {
    method,
    headers,
    redirect: 'manual',
    // Platforms insist on their own kind; the transport for Node does not.
    signal: 'takesStopSignals' in fetch ? (signal as AbortSignal) : toAbortSignal(signal),
  };
  if (body !== undefined) init.body = body;
  if (keepalive) init.keepalive = true;
  return fetch(url, init);
}

/** Where the answer sends us: `null` nowhere, `undefined` to where we do not follow. */
function redirectTarget(response: Response, url: string, method = 'GET'): string | null | undefined {
  const { status, type } = response;
  if (type === 'opaqueredirect') return undefined;
  // React Native follows by itself; what came from another origin is not looked at.
  const elsewhere = response.url && response.url !== url;
  if (elsewhere && new URL(response.url).origin !== new URL(url).origin) return undefined;
  if (![301, 302, 303, 307, 308].includes(status)) return null;
  const location = response.headers.get('location');
  if (location === null || (method !== 'GET' && status < 307)) return undefined;
  try {
    const target = new URL(location, url);
    return target.origin === new URL(url).origin && target.username === '' && target.password === ''
      ? target.href
      : undefined;
  } catch {
    return undefined; // a location that is no URL leads nowhere
  }
}

/** The platform's own error for a header that cannot be sent quotes its value, which may be a token. */
function checkHeaders(headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw new SdkError('invalid-option', `${JSON.stringify(name)} is no header name.`);
    }
    if (!/^[\t -~\x80-\xff]*$/.test(value)) {
      throw new SdkError('invalid-option', `The value of header ${name} holds characters that no header can carry.`);
    }
  }
}
