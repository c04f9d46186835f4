/** Flushing and closing the parts of a client: every part is asked, none can hold the others up past the deadline. */
import type { DeliveryReport } from '@sortition/core';
import { tryPart } from '@sortition/core/internal';
import type { ClientInternals } from './client-internals.ts';
import { toDelayMs, withDeadline } from './deadline.ts';
import { readFields } from './read-input.ts';

/** How long a flush or a close may take. */
export interface DeliveryOptions {
  /** Total, in milliseconds; 5,000 unless given. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 5_000;

/** Sends what is queued (`flush`), or stops every part after that (`close`). Never rejects. */
export async function deliver(
  how: 'flush' | 'close',
  { hooks, problems }: Pick<ClientInternals, 'hooks' | 'problems'>,
  options?: DeliveryOptions,
): Promise<DeliveryReport> {
  const timeoutMs = toDelayMs(readFields(options, 'timeoutMs').timeoutMs, TIMEOUT_MS);
  // Parts get a little less than the whole, so that their answers arrive before the client stops waiting for them.
  const within = { timeoutMs: timeoutMs - Math.min(50, timeoutMs / 10) };
  const report = { delivered: 0, dropped: 0, pending: 0 };
  const counts = Object.keys(report) as (keyof DeliveryReport)[];
  await Promise.all(
    hooks.map(async (hook) => {
      const part = hook.part ?? 'client';
      // A part that throws, rejects or hangs answers nothing, but may still know how far it got.
      const answer = await withDeadline(`The part "${part}" of the client`, { timeoutMs }, () =>
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
      // A part of an application may answer anything.
      for (const count of counts)
        if (Number.isFinite(counted[count])) report[count] += Math.max(counted[count] as number, 0);
    }),
  );
  return report;
}
