/** A collected event, as `GET /api/events` answers it and the stream sends it. */

/** One event; what it does not have is left out: a flag that no rule served has neither rule nor variation. */
export interface EventRow {
  /** Counts events in the order of their arrival. */
  readonly seq: number;
  /** Milliseconds since the epoch, by the collector's clock. */
  readonly receivedAt: number;
  readonly kind: 'impression' | 'conversion';
  readonly userId: string;
  readonly uuid: string;
  /** Of the datafile the sender decided with. */
  readonly revision: string;
  /** Of the user, as the sender sent them. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly flagKey?: string;
  readonly ruleKey?: string;
  readonly variationKey?: string;
  readonly eventKey?: string;
  /** In cents. */
  readonly revenue?: number;
  readonly value?: number;
}
