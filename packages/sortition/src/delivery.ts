/** Flushing and closing the parts of a client: every part is asked, none can hold the others up past the deadline. */
import type { CmabSource, ConfigSource, DeliveryReport, EventSink, Odp, UserProfileStore } from '@sortition/core';
import { withDeadline } from './deadline.ts';
import { releaseConfigSource } from './shared-config-sources.ts';

/** What can be flushed. */
export interface FlushableParts {
  readonly events: EventSink | null | undefined;
  readonly odp: Odp | undefined;
  readonly profiles: UserProfileStore | undefined;
  /** Work that went on after an answer was given. */
  readonly pendingWork: ReadonlySet<Promise<unknown>>;
}

/** What can be closed. */
export interface ClosableParts extends FlushableParts {
  readonly source: ConfigSource;
  readonly unsubscribe: () => void;
  readonly cmab: CmabSource | undefined;
}

const TIMEOUT_MS = 5_000;
/** What a store that has been flushed may take to close. */
const CLOSING_MS = 100;
const NOTHING: DeliveryReport = { delivered: 0, dropped: 0, pending: 0 };

/** Sends what is queued. Never rejects. */
export async function flushParts(parts: FlushableParts, options: { timeoutMs?: number } = {}): Promise<DeliveryReport> {
  const { timeoutMs = TIMEOUT_MS } = options;
  const [events, odp] = await Promise.all([
    attempt(() => parts.events?.flush?.({ timeoutMs }), timeoutMs),
    attempt(() => parts.odp?.flush?.({ timeoutMs }), timeoutMs),
    attempt(() => finishWork(parts, timeoutMs), timeoutMs),
  ]);
  return addReports(events, odp);
}

/** Flushes and stops every part. Never rejects. */
export async function closeParts(parts: ClosableParts, options: { timeoutMs?: number } = {}): Promise<DeliveryReport> {
  const { timeoutMs = TIMEOUT_MS } = options;
  const stop = async (): Promise<void> => {
    parts.unsubscribe();
    await releaseConfigSource(parts.source);
  };
  const [events, odp] = await Promise.all([
    attempt(() => parts.events?.close?.({ timeoutMs }), timeoutMs),
    attempt(() => parts.odp?.close?.({ timeoutMs }), timeoutMs),
    attempt(stop, timeoutMs),
    // The profile store is closed after the work that still writes to it, whatever became of that.
    attempt(() => finishWork(parts, timeoutMs), timeoutMs).then(() =>
      attempt(() => parts.profiles?.close?.(), CLOSING_MS),
    ),
    attempt(() => parts.cmab?.close?.(), timeoutMs),
  ]);
  return addReports(events, odp);
}

/** Waits for the work in the background, then for what it gave the profile store. */
async function finishWork({ pendingWork, profiles }: FlushableParts, timeoutMs: number): Promise<void> {
  await Promise.all(pendingWork);
  await profiles?.flush?.({ timeoutMs });
}

/** What a part answers in time; a part that throws, rejects or hangs answers nothing. */
async function attempt<T>(call: () => T | PromiseLike<T>, timeoutMs: number): Promise<T | undefined> {
  try {
    return await withDeadline(Promise.resolve(call()), 'A part of the client', timeoutMs);
  } catch {
    return undefined; // the report below counts nothing for it
  }
}

function addReports(...reports: readonly (DeliveryReport | undefined)[]): DeliveryReport {
  return reports.reduce<DeliveryReport>((sum, report) => {
    if (!report) return sum;
    return {
      delivered: sum.delivered + report.delivered,
      dropped: sum.dropped + report.dropped,
      pending: sum.pending + report.pending,
    };
  }, NOTHING);
}
