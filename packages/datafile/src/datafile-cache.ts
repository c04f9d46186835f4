/**
 * The cache for starts without network, with a deadline around storage that may be slow, full, broken or poisoned. A
 * failing cache never prevents a client from starting.
 */
import { type KeyValueStorage, SdkError } from '@sortition/core';
import { hashText, hasMethods } from '@sortition/core/internal';
import { limitTime } from '@sortition/http';
import type { DatafileEndpoint } from './datafile-endpoint.ts';
import { type FetchedDatafile, readValidator } from './fetch-datafile.ts';

/** The config source that uses a cache. */
export interface CachedSource {
  /** Installs a stored datafile, unless a newer one has arrived. Rejects when it is not a datafile. */
  take(fetched: FetchedDatafile): Promise<void>;
  /** Called with a failure, once until the cache works again. */
  failed(cause: unknown): void;
}

/** The cache entry of one source. Its methods do not reject. */
export interface DatafileCacheEntry {
  /** Passes the stored datafile to the source, the first time. Resolves soon, even if the storage hangs. */
  start(signal: AbortSignal): Promise<void>;
  write(fetched: FetchedDatafile): Promise<void>;
}

/**
 * A datafile cache as `createPollingConfig` takes it, made by `createDatafileCache`: chooses the entry for an endpoint.
 * Neither the datafile nor the validators of another environment may be used.
 */
export type DatafileCache = (
  sdkKey: string,
  endpoint: DatafileEndpoint,
) => (source: CachedSource) => DatafileCacheEntry;

const TIMEOUT_MS = 1_000;
/** How long the first request waits for a cached datafile and its validators. */
const HEAD_START_MS = 100;
/** First line of an entry; the datafile follows as it was received, so that it is not encoded twice. */
const HEADER = /^\{"sortition":1,[^\n]*\}\n/;

/**
 * Creates a cache that keeps the last accepted datafile for a start without network. It is read once at the start and
 * written after each accepted datafile; failing storage is reported as a problem and has no other effect.
 *
 * @param storage `getItem` and `setItem`, synchronous or not: `localStorage`, `AsyncStorage` and `createFileCache` can
 * be passed directly.
 * @throws SdkError `invalid-option` when the storage does not have these methods.
 * @example
 * createPollingConfig({ sdkKey, cache: createDatafileCache(localStorage) });
 */
export function createDatafileCache(storage: KeyValueStorage): DatafileCache {
  if (!hasMethods(storage, ['getItem', 'setItem'])) {
    throw new SdkError('invalid-option', 'The datafile cache is not a storage; expected getItem and setItem.');
  }
  return (sdkKey, { url, headers }) =>
    (source) => {
      const scope = hashText(JSON.stringify([url, headers])).toString(36);
      const key = `sortition-datafile-${encodeURIComponent(sdkKey)}-${scope}`;
      let isRead = false;
      let isFailing = false;

      /** Best effort: a failure is reported once until the cache works again. */
      async function attempt(work: () => Promise<void>): Promise<void> {
        try {
          await work();
          isFailing = false;
        } catch (cause) {
          if (!isFailing) source.failed(cause);
          isFailing = true;
        }
      }

      async function read(): Promise<void> {
        const stored = await bounded('Reading the datafile cache', async () => storage.getItem(key));
        if (stored !== null && stored !== undefined) await source.take(parseEntry(stored));
      }

      return {
        async start(signal) {
          if (isRead) return;
          isRead = true;
          const reading = attempt(read);
          const what = 'A start from the cache';
          // A cache that is too slow for the head start may still be faster than the network.
          const headStart = { timeoutMs: HEAD_START_MS, signal, what, unref: true };
          await limitTime(headStart, () => reading).catch(() => undefined);
        },
        write: ({ text, etag, lastModified }) =>
          attempt(async () => {
            const header = JSON.stringify({ sortition: 1, etag, lastModified });
            await bounded('Writing the datafile cache', async () => storage.setItem(key, `${header}\n${text}`));
          }),
      };
    };
}

function parseEntry(stored: unknown): FetchedDatafile {
  if (typeof stored !== 'string') {
    throw new SdkError(
      'store-failed',
      `The datafile cache returned a value of type ${typeof stored}; expected a string.`,
    );
  }
  // An entry without a header is a plain datafile that the application stored.
  const [header = ''] = HEADER.exec(stored) ?? [];
  const { etag, lastModified } = JSON.parse(header || '{}') as Record<string, unknown>;
  return { text: stored.slice(header.length), etag: readValidator(etag), lastModified: readValidator(lastModified) };
}

function bounded<T>(what: string, work: () => Promise<T>): Promise<T> {
  return limitTime({ timeoutMs: TIMEOUT_MS, what, unref: true }, work);
}
