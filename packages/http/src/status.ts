/** The meaning of a status for retries. */
import { SdkError } from '@sortition/core/errors';
import type { HttpResponse } from './response.ts';
import { retryAfterMs } from './retry-after.ts';

/**
 * - `success`: 2xx
 * - `not-modified`: 304
 * - `retry`: 408, 425, 429, 5xx; the same request may succeed soon
 * - `denied`: 401, 403, 404, 410; a person has to change something first, at either end
 * - `refused`: everything else; the same request will be refused again
 */
export type StatusClass = 'success' | 'not-modified' | 'retry' | 'denied' | 'refused';

/** Returns the class of a status. */
export function classifyStatus(status: number): StatusClass {
  if (status >= 200 && status < 300) return 'success';
  if (status === 304) return 'not-modified';
  if (status >= 500 || [408, 425, 429].includes(status)) return 'retry';
  if ([401, 403, 404, 410].includes(status)) return 'denied';
  return 'refused';
}

/** The `cause` of an error made from a response. */
export interface StatusCause {
  readonly status: number;
  /** The time of the `Retry-After` header in ms, not clamped; `null` without a valid header. */
  readonly retryAfterMs: number | null;
}

/**
 * Makes a `request-failed` error from an unusable response, with a `StatusCause` as its cause, which `retry` reads.
 *
 * @param what Subject of the message, such as `The datafile request`.
 */
export function statusError(response: HttpResponse, what: string): SdkError {
  const cause: StatusCause = { status: response.status, retryAfterMs: retryAfterMs(response) };
  return new SdkError('request-failed', `${what} was answered with status ${response.status}.`, { cause });
}

/** Reads the `StatusCause` of an error; `null` for an error that was not made from a response. */
export function statusCauseOf(error: unknown): StatusCause | null {
  const { cause } = Object(error) as { readonly cause?: StatusCause | null };
  return typeof cause?.status === 'number' ? cause : null;
}
