/** One HTTP exchange with limits, in a browser, which manages its connections and its cache itself. */
import { isSdkError, SdkError } from '@sortition/core/errors';
import { cancelBody } from '../cancel-body.ts';
import { withDeadline } from '../deadline.ts';
import type { HttpExchange, HttpSending } from '../request-once.ts';
import { type HttpResponse, readResponse } from '../response.ts';
import { showsSecret } from '../secrets.ts';
import { describeCause } from './failure-cause.ts';

/** The same as in the main entry. */
export function requestOnce(options: HttpExchange, what: string): Promise<HttpResponse> {
  return exchange(options, what, (response) => readResponse(response, options.maxBytes, what));
}

/** Sends one request within its deadline, and turns errors of the platform into `request-failed`. */
export async function exchange(
  { url, method, headers, body, timeoutMs, signal, keepalive, secrets = [], fetch = globalThis.fetch }: HttpSending,
  what: string,
  read: (response: Response) => HttpResponse | Promise<HttpResponse>,
): Promise<HttpResponse> {
  try {
    return await withDeadline({ timeoutMs, signal, what }, async (within) => {
      if (!fetch) throw new ReferenceError('this runtime has no fetch; pass one as the option fetch');
      const init = { method, headers, body, keepalive, redirect: 'manual', signal: within };
      const response = await fetch(url, init as RequestInit);
      if (!within.aborted) return read(response);
      cancelBody(response); // too late: the caller has an error already
      throw within.reason;
    });
  } catch (error) {
    if (isSdkError(error)) throw error;
    let cause: unknown;
    let why = '';
    try {
      if (!showsSecret(error, secrets)) {
        why = describeCause(error);
        cause = error;
      }
    } catch {
      // an error of the application that cannot be read
    }
    throw new SdkError('request-failed', `${what} failed before the response was complete${why}.`, { cause });
  }
}
