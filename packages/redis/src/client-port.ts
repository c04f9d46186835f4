/** What each kind of client is turned into. A port may throw, and answer at once instead of with a promise. */
export interface ClientPort {
  /** Sends a command that concerns one key; the key gets the `keyPrefix` of the client. */
  readonly send: (key: string, args: readonly string[]) => unknown;
  /** The same with the key left as it is; `null` when the client has no `keyPrefix`. */
  readonly sendUnprefixed: ((key: string, args: readonly string[]) => unknown) | null;
}
