/**
 * A circuit breaker: after failures in a row, callers are rejected at once instead of each waiting for its timeout,
 * until a probe succeeds.
 */

export interface Circuit {
  readonly isOpen: boolean;
  /** Reports a response. Closes an open circuit. */
  succeeded(): void;
  failed(cause: unknown): void;
  /** Opens the circuit at once. */
  trip(cause: unknown): void;
  /** Lets callers through again; the next failure opens it again. */
  tryAgain(): void;
}

/**
 * Number of failures in a row that open the circuit; with fewer, one slow moment would disable stored assignments for
 * all users.
 */
const FAILURES = 5;

export function createCircuit(host: { onOpen(cause: unknown): void; onClose(): void }): Circuit {
  let failures = 0;
  let open = false;
  const close = (): void => {
    if (!open) return;
    open = false;
    host.onClose();
  };
  const trip = (cause: unknown): void => {
    failures = FAILURES;
    if (open) return;
    open = true;
    host.onOpen(cause);
  };
  return {
    get isOpen() {
      return open;
    },
    succeeded() {
      failures = 0;
      close();
    },
    failed(cause) {
      failures += 1;
      if (failures >= FAILURES) trip(cause);
    },
    trip,
    tryAgain() {
      failures = FAILURES - 1;
      close();
    },
  };
}
