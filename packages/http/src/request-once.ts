/**
 * One HTTP exchange with limits: a total deadline and a limit of the inflated body. `request` adds what most callers
 * need: redirects, a check of the headers, and errors without secrets. Callers that do not need these keep them out of
 * their bundles.
 */
import { isSdkError, SdkError } from '@sortition/core/errors';
import type { AbortControllerClass, Signals } from './abort.ts';
import { cancelBody } from './cancel-body.ts';
import { withDeadline } from './deadline.ts';
import { describeCause, innermostCause } from './failure-cause.ts';
import { type HttpResponse, readResponse } from './response.ts';
import { maskError } from './secrets.ts';

/** `fetch`, with optional properties of our own transport. */
export type Transport = typeof fetch & {
  /** The class of the signals it uses, if not the platform's. */
  readonly Controller?: AbortControllerClass;
  /** `true` when its requests let the process end. */
  readonly unref?: boolean;
};

/** The request, and how long it may take. */
export interface HttpSending {
  /** Absolute; check it with `parseEndpoint` when it comes from a user or a document. Sent unchanged. */
  readonly url: string;
  /** GET by default. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For the whole exchange with redirects and body, in ms. */
  readonly timeoutMs: number;
  readonly signal?: Signals;
  /** By default the transport of the platform: see `platformFetch`. */
  readonly fetch?: Transport | undefined;
  /** Lets a browser finish the request after the page was closed; at most 64 KiB. */
  readonly keepalive?: boolean;
  /** Texts that must not show in errors: keys and tokens that are part of the URL or a header. */
  readonly secrets?: readonly string[];
}

/** An exchange whose response is read completely. */
export interface HttpExchange extends HttpSending {
  /** Limit of the inflated body. */
  readonly maxBytes: number;
}

/**
 * Sends a request and reads the whole response, whatever its status; a redirect is a response like any other, with
 * status 0 in browsers. The URL and the headers must have been checked. Rejects with `SdkError` as `request` does.
 *
 * @param what Subject of error messages; without secrets.
 */
export function requestOnce(options: HttpExchange, what: string): Promise<HttpResponse> {
  return withinBounds(options, what, async (within) =>
    readResponse(await send(options, options.url, within), options.maxBytes, what),
  );
}

/** Runs an exchange within its deadline and turns errors of the platform into `request-failed`. */
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
      cause = undefined; // an error of the application that cannot be read
    }
    throw new SdkError('request-failed', `${what} failed before the response was complete${why}.`, { cause });
  }
}

/** Sends a request to `url`, which may differ from that of the options, and bypasses the caches of frameworks. */
export function send(options: HttpSending, url: string, signal: AbortSignal): Promise<Response> {
  return sendOnce(options, url, signal, cacheMode()).catch((error: unknown) => {
    // Workers before 2025 refuse the member, before anything is sent.
    if (signal.aborted || !/\bcache\b.*(implemented|supported)|unsupported cache/i.test(String(error))) throw error;
    return sendOnce(options, url, signal);
  });
}

/** Sends one request, and drops a response that comes too late. */
async function sendOnce(
  options: HttpSending,
  url: string,
  signal: AbortSignal,
  cache?: RequestCache,
): Promise<Response> {
  // A separate variable, because browsers refuse `fetch` as a method of another object.
  const { method, headers, body, keepalive, fetch = globalThis.fetch } = options;
  if (!fetch) throw new ReferenceError('this runtime has no fetch; pass one as the option fetch');
  const init = { method, headers, body, keepalive, redirect: 'manual', signal, cache };
  const response = await fetch(url, init as RequestInit);
  if (!signal.aborted) return response;
  cancelBody(response);
  throw signal.reason;
}

/**
 * Frameworks on servers (Next.js 14) keep every response for ever by default. Pages have their own cache, which
 * revalidates; React Native would add a parameter to the URL.
 */
function cacheMode(): RequestCache | undefined {
  const { document, navigator } = globalThis as { document?: unknown; navigator?: { product?: string } };
  return document || navigator?.product === 'ReactNative' ? undefined : 'no-store';
}
