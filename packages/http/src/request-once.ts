/**
 * One HTTP exchange within bounds: a total deadline and a cap on the inflated body. `request` adds what most callers need:
 * redirects, a check of the headers, and errors without secrets. Those that need none of it keep it out of their bundles.
 */
import { isSdkError, SdkError } from '@sortition/core/errors';
import { withStop } from './deadline.ts';
import { parseUrl } from './endpoint.ts';
import { discardBody, type HttpResponse, readResponse } from './response.ts';
import { type StopSignal, toAbortSignal } from './stop-signal.ts';

export interface HttpExchange {
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
  readonly signal?: StopSignal | undefined;
  /** `globalThis.fetch`, read at the call, when absent. */
  readonly fetch?: typeof fetch | undefined;
  /** Lets a browser finish the request after the page is gone; at most 64 KiB. */
  readonly keepalive?: boolean;
}

/**
 * Sends a request and reads the whole answer, whatever its status; a redirect is an answer like any other, with status 0 in
 * browsers. The URL and the headers must be known to be sendable, and the cause of an error may quote them. Rejects with
 * `SdkError` as `request` does.
 */
export function requestOnce(options: HttpExchange): Promise<HttpResponse> {
  return withinBounds(options, async (within, what) =>
    readResponse(await send(options, options.url, within), options.maxBytes, what),
  );
}

/**
 * Does the work of an exchange within its deadline and turns what the platform throws into `request-failed`.
 *
 * @param maskCause What becomes of the platform's error.
 */
export async function withinBounds(
  { method = 'GET', url, timeoutMs, signal }: HttpExchange,
  work: (within: StopSignal, what: string) => Promise<HttpResponse>,
  maskCause: (error: unknown) => unknown = (error) => error,
): Promise<HttpResponse> {
  // Paths and queries may hold keys, so an exchange is named by its origin.
  const what = `${method} ${originOf(url)}`;
  try {
    return await withStop({ timeoutMs, signal, what }, (within) => work(within, what));
  } catch (error) {
    if (isSdkError(error)) throw error;
    throw new SdkError('request-failed', `${what} failed before a complete answer came.`, { cause: maskCause(error) });
  }
}

/** Taking a URL apart properly costs a tenth of a small exchange; what does not begin plainly is. */
function originOf(url: string): string {
  return /^https?:\/\/[\w.:[\]-]+(?=[/?#])/.exec(url)?.[0] ?? parseUrl(url, 'url').origin;
}

/** Sends to `url`, which need not be that of the options, and drops an answer that comes too late. */
export async function send(options: HttpExchange, url: string, within: StopSignal): Promise<Response> {
  const { method = 'GET', headers = {}, body, keepalive } = options;
  // A variable of its own: browsers refuse `fetch` as a method of another object.
  const fetch = options.fetch ?? globalThis.fetch;
  // Written out, because spreading objects into one another costs as much as all the rest of it.
  const init: RequestInit = {
    method,
    headers,
    redirect: 'manual',
    // Platforms insist on their own kind; the transport for Node does not.
    signal: 'takesStopSignals' in fetch ? (within as AbortSignal) : toAbortSignal(within),
  };
  if (body !== undefined) init.body = body;
  if (keepalive) init.keepalive = true;
  const response = await fetch(url, init);
  if (!within.aborted) return response;
  discardBody(response);
  throw within.reason;
}
