/** How a polling config source hears of new versions: what a stream of versions receives and what it calls. */
import type { DatafileEndpoint } from './datafile-endpoint.ts';

/** What a stream of versions may use of the source it is for. */
export interface VersionStreamSettings extends DatafileEndpoint {
  readonly requestTimeoutMs: number;
  readonly fetch: typeof fetch | undefined;
}

/** The source, as a stream of versions sees it. */
export interface VersionListener {
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** The version in use; `null` or `undefined` when no version is in use or its server does not name it. */
  currentEtag(): string | null | undefined;
  /** To be called when there may be something new; the source asks for it. */
  onNews(): void;
  /** To be called once per outage; polling continues. */
  onFailure(error: unknown): void;
}

/** Starts to listen, until the signal is aborted. */
export type ListenForVersions = (listener: VersionListener) => void;

/**
 * A stream of versions as `createPollingConfig` takes it: `versionStream()` of `@sortition/datafile/stream`, or a function
 * of your own over any transport. Called once when the source is created; it may refuse the settings by throwing.
 */
export type VersionStream = (settings: VersionStreamSettings) => ListenForVersions;
