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

/** What a contestant is made with. */
export interface ContestantOptions {
  readonly fetch: typeof fetch;
  /** Where events are kept across restarts. */
  readonly directory?: string | undefined;
  /** Of collectors on this machine; those of the hosted services unless given. */
  readonly origin?: string | undefined;
}
