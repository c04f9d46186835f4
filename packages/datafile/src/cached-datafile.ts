/**
 * The cache for starts without network: what is stored, and a deadline around storage that may be slow, full, broken or
 * poisoned. Nothing here can stop a client from starting.
 */
import { murmur3, SdkError } from '@sortition/core';
import { withDeadline } from '@sortition/http';
import { type FetchedDatafile, readValidator } from './fetch-datafile.ts';
import type { DatafileCache, PollingConfigOptions } from './polling-options.ts';

const TIMEOUT_MS = 1_000;
/** First line of an entry; the datafile follows as it was received, so that it is not encoded twice. */
const HEADER = /^\{"sortition":1,[^\n]*\}\n/;

/** A key of its own per URL and credentials: another environment's datafile, or its validators, must never be used. */
export function cacheKey(url: string, { sdkKey, accessToken = '', headers }: PollingConfigOptions): string {
  const scope = murmur3(JSON.stringify([url, accessToken, headers])).toString(36);
  return `sortition-datafile-${encodeURIComponent(sdkKey)}-${scope}`;
}

/** Reads the entry; `null` when there is none. Rejects with what the storage threw, or `timeout` after a second. */
export async function readCache(cache: DatafileCache, key: string): Promise<FetchedDatafile | null> {
  const stored = await bounded('Reading the datafile cache', async () => cache.getItem(key));
  if (stored === null || stored === undefined) return null;
  if (typeof stored !== 'string') throw new SdkError('store-failed', `The datafile cache answered a ${typeof stored}.`);
  // An entry without a header was written by somebody else.
  const [header = ''] = HEADER.exec(stored) ?? [];
  const { etag, lastModified } = JSON.parse(header || '{}') as Record<string, unknown>;
  return { text: stored.slice(header.length), etag: readValidator(etag), lastModified: readValidator(lastModified) };
}

/** Writes an accepted datafile. Rejects with what the storage threw, or `timeout` after a second. */
export async function writeCache(cache: DatafileCache, key: string, entry: FetchedDatafile): Promise<void> {
  const { text, etag, lastModified } = entry;
  const header = JSON.stringify({ sortition: 1, etag, lastModified });
  await bounded('Writing the datafile cache', async () => cache.setItem(key, `${header}\n${text}`));
}

function bounded<T>(what: string, work: () => Promise<T>): Promise<T> {
  return withDeadline({ timeoutMs: TIMEOUT_MS, what }, work);
}
