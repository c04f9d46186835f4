/**
 * One HTTP exchange within bounds: a total deadline and a cap on the inflated body. `request` adds what most callers need:
 * redirects, a check of the headers, and errors without secrets. Those that need none of it keep it out of their bundles.
 */
import { isSdkError, SdkError } from '@sortition/core/errors';
import type { AbortControllerClass, Signals } from './abort.ts';
import { withDeadline } from './deadline.ts';
import { discardBody, type HttpResponse, readResponse } from './response.ts';

/** What is sent, and within which bounds. */
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
  readonly signal?: Signals;
  /**
   * `globalThis.fetch`, read at the call, when absent. One that takes signals of another kind than the platform's names
   * what makes them.
   */
  readonly fetch?: (typeof fetch & { readonly Controller?: AbortControllerClass }) | undefined;
  /** Lets a browser finish the request after the page is gone; at most 64 KiB. */
  readonly keepalive?: boolean;
}

/**
 * Sends a request and reads the whole answer, whatever its status; a redirect is an answer like any other, with status 0 in
 * browsers. The URL and the headers must be known to be sendable. Rejects with `SdkError` as `request` does.
 */
export function requestOnce(options: HttpExchange, terms: Terms): Promise<HttpResponse> {
  return withinBounds(options, terms, async (within) =>
    readResponse(await send(options, options.url, within), options.maxBytes, terms.what),
  );
}

/** How an exchange speaks of itself. */
export interface Terms {
  /** Subject of error messages; without secrets. */
  readonly what: string;
  /** What becomes of the platform's error, which may quote the URL and the headers, as a cause. */
  maskCause(error: unknown): unknown;
}

/** Does the work of an exchange within its deadline and turns what the platform throws into `request-failed`. */
export async function withinBounds(
  { timeoutMs, signal, fetch }: HttpExchange,
  { what, maskCause }: Terms,
  work: (within: AbortSignal) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  try {
    return await withDeadline({ timeoutMs, signal, what, Controller: fetch?.Controller }, work);
  } catch (error) {
    if (isSdkError(error)) throw error;
    throw new SdkError('request-failed', `${what} failed before a complete answer came.`, { cause: maskCause(error) });
  }
}

/** Sends to `url`, which need not be that of the options, and drops an answer that comes too late. */
export async function send(options: HttpExchange, url: string, signal: AbortSignal): Promise<Response> {
  // `fetch` as a variable of its own: browsers refuse it as a method of another object.
  const { method, headers, body, keepalive, fetch = globalThis.fetch } = options;
  const response = await fetch(url, { method, headers, body, keepalive, redirect: 'manual', signal } as RequestInit);
  if (!signal.aborted) return response;
  discardBody(response);
  throw signal.reason;
}
