/** One conditional request for a datafile. */
import { SdkError } from '@sortition/core';
import { classifyStatus, type HttpResponse, request, statusError } from '@sortition/http';
import type { PollingSettings } from './polling-options.ts';

/** What a server calls the version it sent; sent back verbatim. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export type FetchedDatafile =
  | { readonly type: 'not-modified' }
  | { readonly type: 'document'; readonly text: string; readonly validators: Validators };

/** Fetches the datafile unless it is still the one the validators name. Rejects with `SdkError`. */
export async function fetchDatafile(
  settings: PollingSettings,
  validators: Validators | null,
  signal: AbortSignal,
): Promise<FetchedDatafile> {
  const { endpoint, requestTimeoutMs: timeoutMs, maxBytes, fetch } = settings;
  const conditions = buildConditions(validators);
  const response = await request({
    url: endpoint.url,
    headers: { ...endpoint.headers, ...conditions },
    secrets: endpoint.secrets,
    timeoutMs,
    maxBytes,
    signal,
    fetch,
  });
  const kind = classifyStatus(response.status);
  if (kind === 'success') return { type: 'document', text: response.text, validators: readValidators(response) };
  if (kind !== 'not-modified') throw statusError(response, 'The datafile request');
  if (Object.keys(conditions).length > 0) return { type: 'not-modified' };
  throw new SdkError('invalid-response', 'The server answered 304 to a request without conditions.');
}

/** Pages leave validation to the browser's cache: these headers would need the CDN's consent in a preflight. */
function buildConditions(validators: Validators | null): Record<string, string> {
  if (validators === null || 'document' in globalThis) return {};
  return {
    ...(validators.etag === null ? {} : { 'if-none-match': validators.etag }),
    ...(validators.lastModified === null ? {} : { 'if-modified-since': validators.lastModified }),
  };
}

function readValidators(response: HttpResponse): Validators {
  return { etag: response.header('etag'), lastModified: response.header('last-modified') };
}
