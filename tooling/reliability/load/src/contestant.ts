/** Who is put under load: this SDK, and the official one beside it. */
import type { Outcome } from './scenario.ts';

/** An application with an SDK. */
export interface Contestant {
  /** Does one thing that is to arrive, for a user with this number. */
  record(number: number): void;
  /** Sends what waits. Resolves at the latest after 5 s. */
  flush(): Promise<unknown>;
  /** Ends it. */
  close(): Promise<unknown>;
  /** What it says itself; `null` where it counts nothing. */
  report(): { readonly dropped: Outcome['dropped']; readonly pending: number } | null;
  /** How often each problem was told, by code. */
  readonly problems: ReadonlyMap<string, number>;
}

/** An application that asks for the segments of users. */
export interface SegmentsContestant {
  /** Fetches those of the user with this number; `false` when there was no answer. */
  fetchSegments(number: number): Promise<boolean>;
  close(): Promise<unknown>;
  readonly problems: ReadonlyMap<string, number>;
}

/** An application that polls its datafile. */
export interface PollingContestant {
  /** Of the datafile in use; `undefined` before the first. */
  revision(): string | undefined;
  /** Decides for a user; `null` without a variation. */
  decide(): string | null;
  close(): Promise<unknown>;
  readonly problems: ReadonlyMap<string, number>;
}

/** What a contestant is made with. */
export interface ContestantOptions {
  readonly fetch: typeof fetch;
  /** Where events are kept across restarts. */
  readonly directory?: string | undefined;
  /** Of collectors on this machine; those of the hosted services unless given. */
  readonly origin?: string | undefined;
}
