/** Counters of a client since it was created. */
import type { EventSinkReport, OdpReport } from '@sortition/core';

/** The counters of a client. */
export interface ClientStats {
  readonly decisions: number;
  /** By problem code. */
  readonly problems: Readonly<Record<string, number>>;
  /** Impressions and conversions; all 0 without an event sink. */
  readonly events: EventSinkReport;
  /** Segments and ODP events; `null` without a part that counts them. */
  readonly odp: OdpReport | null;
  /** Impressions, conversions, ODP events and assignments that came after `close` and were ignored. */
  readonly ignoredAfterClose: number;
}
