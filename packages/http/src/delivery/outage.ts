/** Detects outages of the destination, as opposed to failures of a batch: nothing is accepted, and everything waits. */
import { monotonicNow } from '../clock.ts';
import { backoffMs } from '../retry.ts';

/** Backoff between attempts, for the destination and for a batch. */
export const BACKOFF = { baseMs: 1_000, capMs: 60_000 };
/** The destination counts as failing when nothing was accepted for this long, or after this many failures in a row. */
const SILENT_MS = 10_000;
const FAILURES_OF_DESTINATION = 5;

/** The state of a destination. */
export interface Outage {
  isDown: boolean;
  /** Nothing is sent before this time, on the monotonic clock. */
  resumeAt: number;
  /** Whether the destination requested that pause. */
  isAsked: boolean;
  /** Number of failures in a row. */
  failures: number;
  /** Time of the last accepted request, on the monotonic clock. */
  readonly acceptedAt: number;
}

/** Returns the state of a working destination. */
export function noOutage(acceptedAt: number): Outage {
  return { isDown: false, resumeAt: 0, isAsked: false, failures: 0, acceptedAt };
}

/**
 * Notes that a request failed.
 *
 * @param isFirst Whether the batch failed for the first time.
 * @param isAtFault Whether other batches were accepted meanwhile. Another failure then says nothing about the
 * destination.
 * @param asked The pause that the destination requested, in ms.
 */
export function noteFailure(outage: Outage, isFirst: boolean, isAtFault: boolean, asked: number | null): void {
  const now = monotonicNow();
  const silentMs = now - outage.acceptedAt;
  if (isFirst || !isAtFault) outage.failures += 1;
  outage.isDown ||=
    asked !== null || outage.failures >= FAILURES_OF_DESTINATION || (isFirst && !isAtFault && silentMs > SILENT_MS);
  if (!outage.isDown) return;
  // The end of an outage is noticed within a quarter of its length, so the queue needs room for little more than the
  // outage itself.
  const capMs = Math.min(BACKOFF.capMs, Math.max(BACKOFF.baseMs, silentMs / 4));
  outage.resumeAt = now + backoffMs({ ...BACKOFF, capMs }, Math.max(outage.failures, 1), asked);
  outage.isAsked = asked !== null;
}
