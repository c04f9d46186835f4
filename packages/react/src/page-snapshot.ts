/** The snapshot of a page: decisions made on a server, without user data. */
import type { DecisionSnapshot } from '@sortition/client';

/** What `decideForPage` answers, and `FlagsProvider` takes. Plain JSON; `createSnapshot` makes one without impressions. */
export interface PageSnapshot extends DecisionSnapshot {
  /** Held impressions; absent where only the client of the browser records them. */
  readonly impressions?: PageImpressions | undefined;
}

/** Impressions that are recorded once their decisions are shown. */
export interface PageImpressions {
  /** Of the route made by `createImpressionRoute`. */
  readonly url: string;
  /** Flag key to token. Encrypted and authenticated: the browser can read nothing in it and change nothing. */
  readonly tokens: Readonly<Record<string, string>>;
}
