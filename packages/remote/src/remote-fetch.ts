/** The interface of clients, which the plain and the cached one share. */
import type { RemoteRequestOptions } from './remote-request.ts';
import type { RemoteUser } from './remote-user.ts';
import type { Variants } from './remote-variants.ts';

/** Options of one fetch. */
export interface RemoteFetchOptions extends RemoteRequestOptions {
  /** Keeps default variants and flags that are not deployed; `false` by default. */
  readonly includeDefaultVariants?: boolean | null | undefined;
  /** The result instead of an error. Without it a failed fetch rejects. */
  readonly fallback?: Variants | null | undefined;
  /** Ends the fetch, waits between attempts included. */
  readonly signal?: AbortSignal | null | undefined;
}

/** `error` is absent on success. */
export type VariantsCallback = (user: RemoteUser, variants: Variants, error?: unknown) => void;

/** Fetches variants. */
export interface RemoteClient {
  /**
   * Resolves the user's variants by flag key, without default ones unless asked for.
   *
   * Rejects with `SdkError` unless `fallback` is given: `invalid-user`, `invalid-option` (flag keys that are not a list
   * of texts), `request-failed` (with the status in `cause.status` when there was an answer), `timeout`,
   * `invalid-response`, `aborted`, `closed`. After several attempts the error is that of the last one.
   */
  fetch(user: RemoteUser, options?: RemoteFetchOptions): Promise<Variants>;
  /** Runs the callback exactly once, on error with `fallback ?? {}` and the error; resolves after it, never rejects. */
  fetchAsync(user: RemoteUser, callback?: VariantsCallback, options?: RemoteFetchOptions): Promise<void>;
  /** Rejects fetches under way with `closed`; a closed client does not fetch. Idempotent. */
  close(): Promise<void>;
}
