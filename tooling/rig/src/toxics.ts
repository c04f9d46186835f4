/** What a chaos proxy can do to one direction of a connection. Names follow toxiproxy where it has the same toxic. */

/** Faults of one direction; several act together, in the order of this list. */
export interface Toxics {
  /** Swallows everything and keeps the connection open. */
  readonly blackhole?: boolean;
  /** Inverts the byte at this offset of the direction's stream. */
  readonly corruptAt?: number;
  /** Lets this many bytes of the direction through, then ends the connection. */
  readonly limitBytes?: number;
  /** How `limitBytes` ends it; `fin` unless given. */
  readonly limitEnd?: 'fin' | 'rst';
  /** Cuts the stream in pieces of this many bytes. */
  readonly sliceBytes?: number;
  /** Between two slices; 0 unless given. */
  readonly sliceDelayMs?: number;
  /** Delays everything by this long. */
  readonly latencyMs?: number;
  /** Added to or subtracted from the latency, drawn anew per chunk. */
  readonly jitterMs?: number;
  /** Throttles to this rate. */
  readonly bytesPerSecond?: number;
  /** Stops the data, and ends the connection after this long; 0: never. */
  readonly timeoutMs?: number;
  /** Resets the connection this long after data first came. */
  readonly resetPeerMs?: number;
  /** Holds back the end of the stream. */
  readonly slowCloseMs?: number;
}
