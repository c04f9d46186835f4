/** One conditional request for a datafile. */
import { SdkError } from '@sortition/core';
import { checkHeaders, classifyStatus, request, statusError } from '@sortition/http';
import type { DatafileEndpoint } from './datafile-endpoint.ts';

/** Where a datafile is and within which bounds it is fetched. */
interface DatafileRequest extends DatafileEndpoint {
  readonly requestTimeoutMs: number;
  readonly maxBytes: number;
  readonly fetch: typeof fetch | undefined;
}

/** What a server calls the version it sent; sent back verbatim. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** A document as it was received. */
export interface FetchedDatafile extends Validators {
  readonly text: string;
}

/** Fetches the datafile; `null` when it is still the one the validators name. Rejects with `SdkError`. */
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

/** A validator that can be sent back; another one, which a cache that was tampered with may hold, is `null`. */
export function readValidator(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    checkHeaders({ validator: value });
    return value;
  } catch {
    return null; // with it every request would fail
  }
}

/** Pages leave validation to the browser's cache: these headers would need the CDN's consent in a preflight. */
function buildConditions(validators: Validators | null): Record<string, string> {
  if (validators === null || 'document' in globalThis) return {};
  const { etag, lastModified } = validators;
  return {
    ...(etag !== null && { 'if-none-match': etag }),
    ...(lastModified !== null && { 'if-modified-since': lastModified }),
  };
}
