/** Flushing and closing the parts of a client: every part is asked, none can hold the others up past the deadline. */
import type { DeliveryReport, Problem } from '@sortition/core';
import { tryPart } from '@sortition/core/internal';
import type { OwnCore } from './client-core.ts';
import { toDelayMs, withDeadline } from './deadline.ts';
import type { PartHooks } from './part.ts';
import { readFields } from './read-input.ts';

/** How long a flush or a close may take. */
export interface DeliveryOptions {
  /** Total, in milliseconds; 5,000 unless given. */
  readonly timeoutMs?: number | undefined;
}

/** What is stopped, and where it says that it was not. */
export interface DeliveringClient extends Pick<OwnCore, 'problems' | 'pendingWork'> {
  readonly hooks: readonly PartHooks[];
}

const TIMEOUT_MS = 5_000;
/** What a store that has been flushed may take to close. */
const CLOSING_MS = 100;

/** Sends what is queued (`flush`), or stops every part after that (`close`). Never rejects. */
export async function deliver(
  how: 'flush' | 'close',
  { hooks, problems, pendingWork }: DeliveringClient,
  options?: DeliveryOptions,
): Promise<DeliveryReport> {
  const timeoutMs = toDelayMs(readFields(options, 'timeoutMs').timeoutMs, TIMEOUT_MS);
  // Parts get a little less than the whole, so that their answers arrive before the client stops waiting for them.
  const within = { timeoutMs: timeoutMs - Math.min(50, timeoutMs / 10) };

  /** What a part answers in time; a part that throws, rejects or hangs answers nothing. */
  const ask = async (part: Problem['part'], call: () => unknown, limitMs = timeoutMs): Promise<unknown> => {
    try {
      return await withDeadline(`The part "${part}" of the client`, { timeoutMs: limitMs }, call);
    } catch (cause) {
      const message = 'A part of the client could not finish in time.';
      problems.report({ code: 'delivery-incomplete', part, message, cause });
      return undefined;
    }
  };
  const askAll = (name: 'flush' | 'close' | 'end', limitMs?: number): Promise<readonly unknown[]> =>
    Promise.all(hooks.map((hook) => ask(hook.part ?? 'client', () => hook[name]?.(within), limitMs)));

  const asked = askAll(how);
  // What goes on in the background may give the profile store something to write.
  await ask('profiles', async () => {
    await Promise.all(pendingWork);
    await Promise.all(hooks.map((hook) => hook.settle?.(within)));
  });
  // After the work that still writes to it, whatever became of that.
  if (how === 'close') await askAll('end', CLOSING_MS);
  const answers = await asked;
  const report = { delivered: 0, dropped: 0, pending: 0 };
  const counts = Object.keys(report) as readonly (keyof DeliveryReport)[];
  for (const [index, hook] of hooks.entries()) {
    // A part that did not answer may still know how far it got.
    const answer = answers[index] ?? tryPart(() => hook.stats?.().events);
    const counted = readFields(answer as DeliveryReport | undefined, ...counts);
    for (const count of counts) report[count] += toCount(counted[count]);
  }
  return report;
}

/** Anything but a count adds nothing: a part of an application may answer anything. */
function toCount(count: unknown): number {
  return Number.isFinite(count) && (count as number) >= 0 ? (count as number) : 0;
}
