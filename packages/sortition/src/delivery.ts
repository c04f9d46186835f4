/** Flushing and closing the parts of a client: every part is asked, none can hold the others up past the deadline. */
import type {
  CmabSource,
  ConfigSource,
  DeliveryReport,
  EventSink,
  Odp,
  Problem,
  UserProfileStore,
} from '@sortition/core';
import { tryPart } from './call-part.ts';
import { toDelayMs, withDeadline } from './deadline.ts';
import { releaseConfigSource } from './shared-config-sources.ts';

/** What can be flushed and closed. */
export interface ClientParts {
  readonly source: ConfigSource;
  readonly unsubscribe: () => void;
  readonly events: EventSink | null | undefined;
  readonly odp: Odp | undefined;
  readonly profiles: UserProfileStore | undefined;
  readonly cmab: CmabSource | undefined;
  /** Work that went on after an answer was given. */
  readonly pendingWork: ReadonlySet<Promise<unknown>>;
  /** Told of parts that throw, reject or hang. */
  readonly report: (problem: Problem) => void;
}

/** How long a flush or a close may take. */
export interface DeliveryOptions {
  /** Total, in milliseconds; 5,000 unless given. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
/** What a store that has been flushed may take to close. */
const CLOSING_MS = 100;
const NOTHING: DeliveryReport = { delivered: 0, dropped: 0, pending: 0 };

/** Sends what is queued (`flush`), or stops every part after that (`close`). Never rejects. */
export async function deliver(
  how: 'flush' | 'close',
  parts: ClientParts,
  options?: DeliveryOptions,
): Promise<DeliveryReport> {
  const { ask, within } = createDeadline(parts.report, options);
  const work: Promise<unknown>[] = [];
  const events = ask('events', () => parts.events?.[how]?.(within));
  const odp = ask('odp', () => parts.odp?.[how]?.(within));
  if (how === 'close') {
    work.push(
      ask('config', async () => {
        parts.unsubscribe();
        await releaseConfigSource(parts.source);
      }),
      ask('cmab', () => parts.cmab?.close?.()),
    );
  }
  await ask('profiles', () => finishWork(parts, within.timeoutMs));
  // The profile store is closed after the work that still writes to it, whatever became of that.
  if (how === 'close') await ask('profiles', () => parts.profiles?.close?.(), CLOSING_MS);
  await Promise.all(work);
  // A sink that did not answer may still know how far it got.
  return addReports((await events) ?? tryPart(() => parts.events?.stats?.()), await odp);
}

/** Waits for the work in the background, then for what it gave the profile store. */
async function finishWork({ pendingWork, profiles }: ClientParts, timeoutMs: number): Promise<void> {
  await Promise.all(pendingWork);
  await profiles?.flush?.({ timeoutMs });
}

/** Parts get a little less than the whole, so that their answers arrive before the client stops waiting for them. */
function createDeadline(report: ClientParts['report'], options: DeliveryOptions = {}) {
  const timeoutMs = toDelayMs(options.timeoutMs, TIMEOUT_MS);
  const within = { timeoutMs: timeoutMs - Math.min(50, timeoutMs / 10) };
  return {
    within,
    /** What a part answers in time; a part that throws, rejects or hangs answers nothing. */
    async ask<T>(part: Problem['part'], call: () => T | PromiseLike<T>, limitMs = timeoutMs): Promise<T | undefined> {
      try {
        return await withDeadline(`The part "${part}" of the client`, { timeoutMs: limitMs }, call);
      } catch (cause) {
        report({ code: 'delivery-incomplete', part, message: 'A part of the client could not finish in time.', cause });
        return undefined;
      }
    },
  };
}

function addReports(...reports: readonly (DeliveryReport | undefined)[]): DeliveryReport {
  return reports.reduce<DeliveryReport>((sum, report) => {
    if (!report) return sum;
    return {
      delivered: sum.delivered + (report.delivered || 0),
      dropped: sum.dropped + (report.dropped || 0),
      pending: sum.pending + (report.pending || 0),
    };
  }, NOTHING);
}
