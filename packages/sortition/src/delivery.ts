/** Flushing and closing the parts of a client: every part is asked, none can hold the others up past the deadline. */
import type { DeliveryReport, Problem } from '@sortition/core';
import { tryPart } from './call-part.ts';
import { toDelayMs, withDeadline } from './deadline.ts';
import { readFields } from './read-input.ts';
import type { Runtime } from './runtime.ts';
import { releaseConfigSource } from './shared-config-sources.ts';

/** How long a flush or a close may take. */
export interface DeliveryOptions {
  /** Total, in milliseconds; 5,000 unless given. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 5_000;
/** What a store that has been flushed may take to close. */
const CLOSING_MS = 100;

/** Sends what is queued (`flush`), or stops every part after that (`close`). Never rejects. */
export async function deliver(
  how: 'flush' | 'close',
  runtime: Runtime,
  options?: DeliveryOptions,
): Promise<DeliveryReport> {
  const { config, events, odp, cmab, profiles } = runtime.options;
  const timeoutMs = toDelayMs(readFields(options, 'timeoutMs').timeoutMs, TIMEOUT_MS);
  // Parts get a little less than the whole, so that their answers arrive before the client stops waiting for them.
  const within = { timeoutMs: timeoutMs - Math.min(50, timeoutMs / 10) };

  /** What a part answers in time; a part that throws, rejects or hangs answers nothing. */
  async function ask<T>(
    part: Problem['part'],
    call: () => T | PromiseLike<T>,
    limitMs = timeoutMs,
  ): Promise<T | undefined> {
    try {
      return await withDeadline(`The part "${part}" of the client`, { timeoutMs: limitMs }, call);
    } catch (cause) {
      const message = 'A part of the client could not finish in time.';
      runtime.problems.report({ code: 'delivery-incomplete', part, message, cause });
      return undefined;
    }
  }

  const sent = ask('events', () => events?.[how]?.(within));
  const odpSent = ask('odp', () => odp?.[how]?.(within));
  const closed = how === 'close' && [
    ask('config', () => {
      runtime.unsubscribe();
      return releaseConfigSource(config);
    }),
    ask('cmab', () => cmab?.close?.()),
  ];
  // What goes on in the background may give the profile store something to write.
  await ask('profiles', async () => {
    await Promise.all(runtime.pendingWork);
    await profiles?.flush?.(within);
  });
  if (closed) {
    // After the work that still writes to it, whatever became of that.
    await ask('profiles', () => profiles?.close?.(), CLOSING_MS);
    await Promise.all(closed);
  }
  // A sink that did not answer may still know how far it got.
  const reports = [(await sent) ?? tryPart(() => events?.stats?.()), await odpSent];
  const sum = (count: keyof DeliveryReport): number =>
    reports.reduce((total, report) => total + toCount(readFields(report, count)[count]), 0);
  return { delivered: sum('delivered'), dropped: sum('dropped'), pending: sum('pending') };
}

/** What is no count adds nothing: a part of somebody else's may answer anything. */
function toCount(count: unknown): number {
  return Number.isFinite(count) && (count as number) >= 0 ? (count as number) : 0;
}
