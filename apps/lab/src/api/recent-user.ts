/** A user of the newest events, as `GET /api/users` answers it, newest first. */
export interface RecentUser {
  readonly userId: string;
  /** Those of the user's newest event; empty when it carried none. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** When the newest event arrived, in ms since the epoch. */
  readonly seenAt: number;
}
