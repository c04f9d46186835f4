/** Whether the destination fails, as opposed to a batch: then nothing is accepted, and everything waits. */
import { monotonicNow } from '../clock.ts';
import { backoffMs } from '../retry.ts';

/** Between attempts, of the destination and of a batch. */
export const BACKOFF = { baseMs: 1_000, capMs: 60_000 };
/** The destination is taken to fail when nothing was accepted for this long, or after so many failures in a row. */
const SILENT_MS = 10_000;
const FAILURES_OF_DESTINATION = 5;

/** What is known of a destination. */
export interface Outage {
  isDown: boolean;
  /** Nothing is sent before then, on the monotonic clock. */
  resumeAt: number;
  /** Whether the destination asked for that pause. */
  isAsked: boolean;
  /** In a row. */
  failures: number;
  /** When a request was accepted last, on the monotonic clock. */
  readonly acceptedAt: number;
}

/** A destination that is not known to fail. */
export function noOutage(acceptedAt: number): Outage {
  return { isDown: false, resumeAt: 0, isAsked: false, failures: 0, acceptedAt };
}

/**
 * Notes that a request failed.
 *
 * @param isFirst Whether the batch failed for the first time.
 * @param isAtFault Whether others were accepted meanwhile. When it fails again then, that says nothing about the destination.
 * @param asked The pause that the destination asked for, in ms.
 */
export function noteFailure(outage: Outage, isFirst: boolean, isAtFault: boolean, asked: number | null): void {
  const now = monotonicNow();
  const silentMs = now - outage.acceptedAt;
  if (isFirst || !isAtFault) outage.failures += 1;
  outage.isDown ||=
    asked !== null || outage.failures >= FAILURES_OF_DESTINATION || (isFirst && !isAtFault && silentMs > SILENT_MS);
  if (!outage.isDown) return;
  // The end of an outage is noticed within a quarter of its length: the queue has little more to hold than the outage.
  const capMs = Math.min(BACKOFF.capMs, Math.max(BACKOFF.baseMs, silentMs / 4));
  outage.resumeAt = now + backoffMs({ ...BACKOFF, capMs }, Math.max(outage.failures, 1), asked);
  outage.isAsked = asked !== null;
}
