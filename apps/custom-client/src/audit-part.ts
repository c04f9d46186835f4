/** A part of one's own: an audit of decisions, written down in batches and never after the client is closed. */
import type { Part } from '@sortition/client';

/** One line of the audit: who was served what. */
export interface AuditLine {
  readonly user: string;
  readonly flag: string;
  readonly variation: string | null;
}

/** Lines that are kept until they are written. */
const MAX_WAITING = 1_000;

/**
 * Hands decisions to `write`, a batch at a time.
 *
 * @param write Stores lines; what it rejects with is a problem of the client, and the lines are lost.
 */
export function auditTo(write: (lines: readonly AuditLine[]) => Promise<void>): Part<never> {
  return ({ listeners, problems }) => {
    let waiting: AuditLine[] = [];
    let dropped = 0;
    listeners.on('decision', ({ userId, decisionInfo: { flagKey, variationKey } }) => {
      if (waiting.length < MAX_WAITING) waiting.push({ user: userId, flag: flagKey, variation: variationKey });
      else dropped += 1;
    });
    const flush = async (): Promise<undefined> => {
      const [lines, lost] = [waiting, dropped];
      [waiting, dropped] = [[], 0];
      if (lost > 0) {
        problems.report({ code: 'audit-full', part: 'client', message: `${lost} decisions are not in the audit.` });
      }
      if (lines.length > 0) await write(lines);
    };
    return { flush, close: flush };
  };
}
