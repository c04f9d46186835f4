/** One conditional request for a datafile. */
import { SdkError } from '@sortition/core';
import { checkHeaders, classifyStatus, request, statusError } from '@sortition/http';
import type { DatafileEndpoint } from './datafile-endpoint.ts';

/** The endpoint of a datafile and the limits of a request. */
interface DatafileRequest extends DatafileEndpoint {
  readonly requestTimeoutMs: number;
  readonly maxBytes: number;
  readonly fetch: typeof fetch | undefined;
}

/** The server's identifiers of the version it sent; they are sent back unchanged. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** A document as it was received. */
export interface FetchedDatafile extends Validators {
  readonly text: string;
}

/** Fetches the datafile; `null` when the version of the validators is still current. Rejects with `SdkError`. */
export async function fetchDatafile(
  { url, headers, secrets, fetch, maxBytes, requestTimeoutMs: timeoutMs }: DatafileRequest,
  validators: Validators | null,
  signal: AbortSignal,
): Promise<FetchedDatafile | null> {
  const conditions = buildConditions(validators);
  const sent = { ...headers, ...conditions };
  const response = await request({ url, headers: sent, secrets, fetch, maxBytes, timeoutMs, signal });
  const kind = classifyStatus(response.status);
  if (kind === 'success') {
    const { text, header } = response;
    return { text, etag: readValidator(header('etag')), lastModified: readValidator(header('last-modified')) };
  }
  if (kind !== 'not-modified') throw statusError(response, 'The datafile request');
  if (Object.keys(conditions).length > 0) return null;
  throw new SdkError('invalid-response', 'The server answered 304 to a request without conditions.');
}

/** Returns a validator that can be sent as a header, otherwise `null`: a manipulated cache may contain anything. */
export function readValidator(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    checkHeaders({ validator: value });
    return value;
  } catch {
    return null; // every request with it would fail
  }
}

/** In pages the browser's cache validates: these headers would need a preflight that the CDN has to allow. */
function buildConditions(validators: Validators | null): Record<string, string> {
  if (validators === null || 'document' in globalThis) return {};
  const { etag, lastModified } = validators;
  return {
    ...(etag !== null && { 'if-none-match': etag }),
    ...(lastModified !== null && { 'if-modified-since': lastModified }),
  };
}
