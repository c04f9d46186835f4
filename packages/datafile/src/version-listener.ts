/** The interface between a polling config source and a stream of versions. */
import type { DatafileEndpoint } from './datafile-endpoint.ts';

/** The settings of the source that a stream of versions may use. */
export interface VersionStreamSettings extends DatafileEndpoint {
  readonly requestTimeoutMs: number;
  readonly fetch: typeof fetch | undefined;
}

/** The source as a stream of versions sees it. */
export interface VersionListener {
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** The ETag of the version in use; `null` or `undefined` when there is none. */
  currentEtag(): string | null | undefined;
  /** Call it when there may be a new version; the source then fetches it. */
  onNews(): void;
  /** Call it once per outage; polling continues. */
  onFailure(error: unknown): void;
}

/** Starts to listen, until the signal is aborted. */
export type ListenForVersions = (listener: VersionListener) => void;

/**
 * A stream of versions as `createPollingConfig` takes it: `versionStream()` of `@sortition/datafile/stream`, or your
 * own function over any transport. Called once when the source is created; it may refuse the settings by throwing.
 */
export type VersionStream = (settings: VersionStreamSettings) => ListenForVersions;
