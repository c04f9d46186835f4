/**
 * One HTTP exchange within bounds: a total deadline and a cap on the inflated body. `request` adds what most callers need:
 * redirects, a check of the headers, and errors without secrets. Callers that do without keep it out of their bundles.
 */
import { isSdkError, SdkError } from '@sortition/core/errors';
import type { AbortControllerClass, Signals } from './abort.ts';
import { cancelBody } from './cancel-body.ts';
import { withDeadline } from './deadline.ts';
import { describeCause, innermostCause } from './failure-cause.ts';
import { type HttpResponse, readResponse } from './response.ts';
import { maskError } from './secrets.ts';

/** `fetch`, with what a transport of our own says about itself. */
export type Transport = typeof fetch & {
  /** What makes the signals it takes, where that is not the platform's class. */
  readonly Controller?: AbortControllerClass;
  /** `true` when its requests let the process end. */
  readonly unref?: boolean;
};

/** What is sent, and how long it may take. */
export interface HttpSending {
  /** Absolute; check it with `parseEndpoint` when it comes from a user or a document. Sent as it is written. */
  readonly url: string;
  /** GET when absent. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For the whole exchange with redirects and body, in ms. */
  readonly timeoutMs: number;
  readonly signal?: Signals;
  /** When absent, the transport of the platform: see `platformFetch`. */
  readonly fetch?: Transport | undefined;
  /** Lets a browser finish the request after the page is gone; at most 64 KiB. */
  readonly keepalive?: boolean;
  /** Texts that must not show in errors: keys and tokens that are part of the URL or a header. */
  readonly secrets?: readonly string[];
}

/** An exchange whose answer is read to its end. */
export interface HttpExchange extends HttpSending {
  /** Most bytes of the body, inflated. */
  readonly maxBytes: number;
}

/**
 * Sends a request and reads the whole answer, whatever its status; a redirect is an answer like any other, with status 0 in
 * browsers. The URL and the headers must be known to be sendable. Rejects with `SdkError` as `request` does.
 *
 * @param what Subject of error messages; without secrets.
 */
export function requestOnce(options: HttpExchange, what: string): Promise<HttpResponse> {
  return withinBounds(options, what, async (within) =>
    readResponse(await send(options, options.url, within), options.maxBytes, what),
  );
}

/** Does the work of an exchange within its deadline and turns what the platform throws into `request-failed`. */
export async function withinBounds(
  { timeoutMs, signal, fetch, secrets = [] }: HttpSending,
  what: string,
  work: (within: AbortSignal) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  try {
    return await withDeadline({ timeoutMs, signal, what, Controller: fetch?.Controller, unref: fetch?.unref }, work);
  } catch (error) {
    if (isSdkError(error)) throw error;
    let cause: unknown;
    let why = '';
    try {
      // It may quote the URL and the headers.
      cause = maskError(innermostCause(error), secrets);
      why = describeCause(cause);
    } catch {
      cause = undefined; // an error of the application's that cannot be read
    }
    throw new SdkError('request-failed', `${what} failed before a complete answer came${why}.`, { cause });
  }
}

/** Sends to `url`, which need not be that of the options, and past the caches of frameworks. */
export function send(options: HttpSending, url: string, signal: AbortSignal): Promise<Response> {
  return sendOnce(options, url, signal, cacheMode()).catch((error: unknown) => {
    // Workers before 2025 refuse the member, before anything is sent.
    if (signal.aborted || !/\bcache\b.*(implemented|supported)|unsupported cache/i.test(String(error))) throw error;
    return sendOnce(options, url, signal);
  });
}

/** Sends one request, and drops an answer that comes too late. */
async function sendOnce(
  options: HttpSending,
  url: string,
  signal: AbortSignal,
  cache?: RequestCache,
): Promise<Response> {
  // `fetch` as a variable of its own: browsers refuse it as a method of another object.
  const { method, headers, body, keepalive, fetch = globalThis.fetch } = options;
  if (!fetch) throw new ReferenceError('this runtime has no fetch; pass one as the option fetch');
  const init = { method, headers, body, keepalive, redirect: 'manual', signal, cache };
  const response = await fetch(url, init as RequestInit);
  if (!signal.aborted) return response;
  cancelBody(response);
  throw signal.reason;
}

/**
 * Frameworks on servers (Next.js 14) keep every answer for ever unless told not to. Pages have a cache of their own, which
 * knows how to ask whether something changed; React Native would add a parameter to the URL.
 */
function cacheMode(): RequestCache | undefined {
  const { document, navigator } = globalThis as { document?: unknown; navigator?: { product?: string } };
  return document || navigator?.product === 'ReactNative' ? undefined : 'no-store';
}
