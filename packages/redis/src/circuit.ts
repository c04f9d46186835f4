/**
 * A circuit breaker: after failures in a row, callers are turned away at once instead of each waiting for its timeout,
 * until a probe gets through.
 */

export interface Circuit {
  readonly isOpen: boolean;
  /** Something was answered. Closes an open circuit. */
  succeeded(): void;
  failed(cause: unknown): void;
  /** Opens it at once. */
  trip(cause: unknown): void;
  /** Lets callers through again; the next failure opens it again. */
  tryAgain(): void;
}

/** Failures in a row that open it: fewer, and one slow moment would cost everybody their stickiness. */
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
