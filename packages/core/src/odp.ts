/** Events for the customer-data platform. */

/** A value an ODP event may carry. */
export type OdpValue = string | number | boolean | null;

/** Something a user did, for the customer-data platform. */
export interface OdpEvent {
  /** Must not be empty. */
  readonly action: string;
  /** `'fullstack'` unless given. */
  readonly type?: string | undefined;
  /** Identifier name to value, such as `fs_user_id`, `vuid` or `email`; at least one. */
  readonly identifiers: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, OdpValue>>;
}
