/** `Retry-After`: seconds or a date, from servers that may send anything. */
import type { HttpResponse } from './response.ts';

/**
 * Milliseconds the answer asks to wait, not negative and possibly `Infinity`; `null` when it asks for nothing or for
 * nothing that can be read. A date counts from the server's own `Date` header, so that a wrong local clock does no harm.
 *
 * Callers clamp it: a server may ask for ten years.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(response: Pick<HttpResponse, 'header'>): number | null {
  const value = response.header('retry-after') ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const until = parseHttpDate(value);
  const sent = parseHttpDate(response.header('date') ?? '') || Date.now();
  return Number.isNaN(until) ? null : Math.max(0, until - sent);
}

/** `Date.parse` accepts nearly any text; an HTTP date begins with a weekday and ends with GMT. */
function parseHttpDate(value: string): number {
  return /^\w{3,9},.*GMT$/.test(value) ? Date.parse(value) : Number.NaN;
}
