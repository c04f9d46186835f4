/**
 * The cache for starts without network: what is stored, and a deadline around storage that may be slow, full, broken or
 * poisoned. Nothing here can stop a client from starting.
 */
import { type KeyValueStorage, SdkError } from '@sortition/core';
import { hashText, hasMethods } from '@sortition/core/internal';
import { withDeadline } from '@sortition/http';
import type { DatafileEndpoint } from './datafile-endpoint.ts';
import { type FetchedDatafile, readValidator } from './fetch-datafile.ts';

/** Where one source keeps its datafile. Methods reject with what the storage threw, or `timeout` after a second. */
export interface DatafileCacheEntry {
  /** `null` when there is nothing. */
  read(): Promise<FetchedDatafile | null>;
  write(fetched: FetchedDatafile): Promise<void>;
}

/**
 * A datafile cache as `createPollingConfig` takes it, made by `createDatafileCache`: chooses the entry for an endpoint.
 * Another environment's datafile must never be used, nor its validators.
 */
export type DatafileCache = (sdkKey: string, endpoint: DatafileEndpoint) => DatafileCacheEntry;

const TIMEOUT_MS = 1_000;
/** First line of an entry; the datafile follows as it was received, so that it is not encoded twice. */
const HEADER = /^\{"sortition":1,[^\n]*\}\n/;

/**
 * Creates a cache that keeps the last accepted datafile for a start without network. It is read once at the start and
 * written after each accepted datafile; storage that fails is reported as a problem and stops nothing.
 *
 * @param storage `getItem` and `setItem`, synchronous or not: `localStorage`, `AsyncStorage` and `createFileCache` fit as
 * they are.
 * @throws SdkError `invalid-option` when the storage does not have these methods.
 * @example
 * createPollingConfig({ sdkKey, cache: createDatafileCache(localStorage) });
 */
export function createDatafileCache(storage: KeyValueStorage): DatafileCache {
  if (!hasMethods(storage, ['getItem', 'setItem'])) {
    throw new SdkError('invalid-option', 'The datafile cache is not a storage; expected getItem and setItem.');
  }
  return (sdkKey, { url, headers }) => {
    const scope = hashText(JSON.stringify([url, headers])).toString(36);
    const key = `sortition-datafile-${encodeURIComponent(sdkKey)}-${scope}`;
    return {
      async read() {
        const stored = await bounded('Reading the datafile cache', async () => storage.getItem(key));
        return stored === null || stored === undefined ? null : parseEntry(stored);
      },
      async write({ text, etag, lastModified }) {
        const header = JSON.stringify({ sortition: 1, etag, lastModified });
        await bounded('Writing the datafile cache', async () => storage.setItem(key, `${header}\n${text}`));
      },
    };
  };
}

function parseEntry(stored: unknown): FetchedDatafile {
  if (typeof stored !== 'string') {
    throw new SdkError(
      'store-failed',
      `The datafile cache answered a value of type ${typeof stored}; expected a string.`,
    );
  }
  // An entry without a header is a plain datafile that the application stored.
  const [header = ''] = HEADER.exec(stored) ?? [];
  const { etag, lastModified } = JSON.parse(header || '{}') as Record<string, unknown>;
  return { text: stored.slice(header.length), etag: readValidator(etag), lastModified: readValidator(lastModified) };
}

function bounded<T>(what: string, work: () => Promise<T>): Promise<T> {
  return withDeadline({ timeoutMs: TIMEOUT_MS, what, unref: true }, work);
}
