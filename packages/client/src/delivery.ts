/** Flushing and closing the parts of a client: every part is asked, none can hold the others up past the deadline. */
import type { DeliveryReport, Problem } from '@sortition/core';
import { tryPart } from '@sortition/core/internal';
import type { ClientCore } from './client-core.ts';
import { toDelayMs, withDeadline } from './deadline.ts';
import type { PartHooks } from './part.ts';
import { readFields } from './read-input.ts';

/** How long a flush or a close may take. */
export interface DeliveryOptions {
  /** Total, in milliseconds; 5,000 unless given. */
  readonly timeoutMs?: number | undefined;
}

/** What is stopped, and where it says that it was not. */
export interface DeliveringClient extends Pick<ClientCore, 'problems'> {
  readonly hooks: readonly PartHooks[];
  readonly pendingWork: ReadonlySet<Promise<unknown>>;
  leaveSource(): unknown;
}

const TIMEOUT_MS = 5_000;
/** What a store that has been flushed may take to close. */
const CLOSING_MS = 100;

/** Sends what is queued (`flush`), or stops every part after that (`close`). Never rejects. */
export async function deliver(
  how: 'flush' | 'close',
  client: DeliveringClient,
  options?: DeliveryOptions,
): Promise<DeliveryReport> {
  const { hooks, pendingWork, problems } = client;
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
      problems.report({ code: 'delivery-incomplete', part, message, cause });
      return undefined;
    }
  }

  const sent = hooks.map(async (hook) => {
    const answer = await ask(hook.part ?? 'client', () => hook[how]?.(within));
    // A part that did not answer may still know how far it got.
    return answer ?? tryPart(() => hook.stats?.().events);
  });
  const left = how === 'close' && ask('config', client.leaveSource);
  // What goes on in the background may give the profile store something to write.
  await ask('profiles', async () => {
    await Promise.all(pendingWork);
    await Promise.all(hooks.map((hook) => hook.settle?.(within)));
  });
  if (how === 'close') {
    // After the work that still writes to it, whatever became of that.
    await Promise.all(hooks.map((hook) => ask(hook.part ?? 'client', () => hook.end?.(), CLOSING_MS)));
    await left;
  }
  const reports = await Promise.all(sent);
  const sum = (count: keyof DeliveryReport): number =>
    reports.reduce((total, report) => total + toCount(readFields(report, count)[count]), 0);
  return { delivered: sum('delivered'), dropped: sum('dropped'), pending: sum('pending') };
}

/** Anything but a count adds nothing: a part of an application may answer anything. */
function toCount(count: unknown): number {
  return Number.isFinite(count) && (count as number) >= 0 ? (count as number) : 0;
}
