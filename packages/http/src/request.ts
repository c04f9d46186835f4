/**
 * An HTTP exchange as most callers need it: within bounds, with a redirect policy, and with errors that show no secrets.
 * Everything that talks to a network goes through here or through `requestOnce`; each caller brings only its own rules.
 */
import { SdkError } from '@sortition/core/errors';
import { parseUrl } from './endpoint.ts';
import { type HttpExchange, send, withinBounds } from './request-once.ts';
import { discardBody, type HttpResponse, readResponse, readStatus } from './response.ts';
import { maskError } from './secrets.ts';

/** Options of `request`. */
export interface HttpRequest extends HttpExchange {
  /** Redirects followed, same origin only; 3 when absent. Browsers hide where a redirect leads, so there it is an error. */
  readonly maxRedirects?: number;
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
  checkHeaders(options.headers);
  // Paths and queries may hold keys, so an exchange is named by its origin.
  const what = `${options.method ?? 'GET'} ${parseUrl(options.url, 'url').origin}`;
  const maskCause = (error: unknown) => maskError(error, options.secrets ?? []);
  return withinBounds(options, { what, maskCause }, (within) => exchange(options, within, what));
}

async function exchange(options: HttpRequest, within: AbortSignal, what: string): Promise<HttpResponse> {
  const { maxBytes, maxRedirects = 3 } = options;
  let url = options.url;
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(options, url, within);
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

/**
 * Throws `SdkError` `invalid-option` on headers that cannot be sent, naming them without their values. The platform's own
 * error quotes the value, which may be a token.
 */
export function checkHeaders(headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw new SdkError('invalid-option', `${JSON.stringify(name)} is no header name.`);
    }
    if (!/^[\t -~\x80-\xff]*$/.test(value)) {
      throw new SdkError('invalid-option', `The value of header ${name} holds characters that no header can carry.`);
    }
  }
}
