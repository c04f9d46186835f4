/** The common interface of all kinds of clients. Its methods may throw, and may return a value instead of a promise. */
export interface ClientPort {
  /** Sends a command with one key; the key gets the `keyPrefix` of the client. */
  readonly send: (key: string, args: readonly string[]) => unknown;
  /** Sends a command without the prefix; `null` when the client has no `keyPrefix`. */
  readonly sendUnprefixed: ((key: string, args: readonly string[]) => unknown) | null;
}
