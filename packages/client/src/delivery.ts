/**
 * Flushing and closing the parts of a client: every part is called, and none can delay the others past the deadline.
 */
import type { DeliveryReport } from '@sortition/core';
import { tryPart } from '@sortition/core/internal';
import type { ClientInternals } from './client-internals.ts';
import { toDelayMs, withLimits } from './deadline.ts';
import { readFields } from './read-input.ts';

/** How long a flush or a close may take. */
export interface DeliveryOptions {
  /** Total, in milliseconds; 5,000 by default. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 5_000;

/** Sends queued events (`flush`), or sends them and stops every part (`close`). Never rejects. */
export async function deliver(
  how: 'flush' | 'close',
  { hooks, problems }: Pick<ClientInternals, 'hooks' | 'problems'>,
  options?: DeliveryOptions,
): Promise<DeliveryReport> {
  const timeoutMs = toDelayMs(readFields(options, 'timeoutMs').timeoutMs, TIMEOUT_MS);
  // Parts get a little less than the whole time, so that their reports arrive before the client stops waiting.
  const within = { timeoutMs: timeoutMs - Math.min(50, timeoutMs / 10) };
  const report = { delivered: 0, dropped: 0, pending: 0 };
  const counts = Object.keys(report) as (keyof DeliveryReport)[];
  await Promise.all(
    hooks.map(async (hook) => {
      const part = hook.part ?? 'client';
      // A part that throws, rejects or hangs has no report, but may still have counters.
      const answer = await withLimits(`The part "${part}" of the client`, { timeoutMs }, () =>
        hook[how]?.(within),
      ).catch((cause) => {
        problems.report({
          code: 'delivery-incomplete',
          part,
          message: 'A part of the client could not finish in time.',
          cause,
        });
      });
      const counted = readFields(
        answer ??
          readFields(
            tryPart(() => hook.stats?.()),
            'events',
          ).events,
        ...counts,
      );
      // A part of an application may return anything.
      for (const count of counts)
        if (Number.isFinite(counted[count])) report[count] += Math.max(counted[count] as number, 0);
    }),
  );
  return report;
}
