/** The snapshot of a page: decisions made on a server, without user data. */
import type { DecisionSnapshot } from '@sortition/client';

/** The result of `decideForPage`, for `FlagsProvider`. Plain JSON; `createSnapshot` makes one without impressions. */
export interface PageSnapshot extends DecisionSnapshot {
  /** Held impressions; absent where only the client of the browser records them. */
  readonly impressions?: PageImpressions | undefined;
}

/** Impressions that are recorded once their decisions are shown. */
export interface PageImpressions {
  /** URL of the route made by `createImpressionRoute`. */
  readonly url: string;
  /** Flag key to token. Encrypted and authenticated: the browser can neither read nor change it. */
  readonly tokens: Readonly<Record<string, string>>;
}
