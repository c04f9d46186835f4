/**
 * Segments for one set of ODP settings, asked for as rarely as possible: from the cache, from a request that is already
 * under way, or by a new one; and not at all for a while after a failure.
 */
import { isSdkError, SdkError, type SdkErrorCode, SegmentOption } from '@sortition/core';
import { createRecentMap } from '@sortition/core/internal';
import { isRetryable, monotonicNow, type StatusCause, startTimer, statusCauseOf } from '@sortition/http';
import type { GuardedSegmentCache } from './guarded-segment-cache.ts';

/** How a user's segments are read. */
export interface SegmentReader {
  /** Rejects with `SdkError`. The list is shared: copy it before handing it out. */
  read(key: string, userId: string, options: readonly SegmentOption[], timeoutMs: number): Promise<readonly string[]>;
  /** Results of requests under way still reach their callers but are remembered no more. */
  retire(): void;
}

/** Counters that outlive a set of settings. */
interface SegmentCounters {
  segmentRequests: number;
  segmentCacheHits: number;
  segmentFailures: number;
}

interface SegmentReaderOptions {
  readonly query: (userId: string, timeoutMs: number) => Promise<readonly string[]>;
  readonly cache: GuardedSegmentCache;
  readonly counters: SegmentCounters;
  /**
   * How long a user whose fetch failed is not asked for again, in ms, and no user once the platform looks down; 0: failures
   * are not remembered.
   */
  readonly failureMemoryMs: number;
  /** Given work that no caller waits for. */
  readonly background: (work: Promise<unknown>) => void;
}

interface Flight {
  readonly result: Promise<readonly string[]>;
  /** On the monotonic clock: when it must have ended, unless its runtime has abandoned it. */
  readonly dueAt: number;
  /** What the reader's generation must still be for the result to be remembered. */
  generation: number;
}

/** What is kept of a failure. Not the error itself: it holds on to everything its stack went through, kilobytes of it. */
interface RememberedFailure {
  readonly code: SdkErrorCode;
  readonly message: string;
  readonly status: StatusCause | null;
  readonly until: number;
}

const REMEMBERED_FAILURES = 10_000;
/** Failures of the platform in a row, of any users, after which it looks down. */
const FAILURES_UNTIL_DOWN = 20;
/** While it looks down, one user is asked for in this time, to find out when it works again, in ms. */
const PROBE_EACH_MS = 1_000;
/** What the cache may add to a request. */
const FLIGHT_GRACE_MS = 1_000;

/** Creates the reader of one set of settings. */
export function createSegmentReader({
  query,
  cache,
  counters,
  failureMemoryMs,
  background,
}: SegmentReaderOptions): SegmentReader {
  const flights = new Map<string, Flight>();
  const failures = createRecentMap<RememberedFailure>(REMEMBERED_FAILURES);
  let generation = 0;
  let failuresInARow = 0;
  let downUntil = 0;
  let probeAt = 0;

  async function read(
    key: string,
    userId: string,
    options: readonly SegmentOption[],
    timeoutMs: number,
  ): Promise<readonly string[]> {
    const ignore = options.includes(SegmentOption.IGNORE_CACHE);
    const reset = options.includes(SegmentOption.RESET_CACHE);
    const flightKey = `${ignore}-${reset}-${key}`;
    if (reset) {
      generation += 1;
      failures.clear();
    }
    for (;;) {
      const flight = flights.get(flightKey);
      if (flight === undefined || monotonicNow() >= flight.dueAt) break;
      // A request from before a reset does not answer calls made after it; the calls that reset share one request.
      if (!reset && flight.generation !== generation) break;
      if (reset) {
        background(cache.reset());
        flight.generation = generation;
      }
      const result = await orAbandoned(flight);
      if (result !== undefined) return result;
    }
    const flight: Flight = {
      dueAt: monotonicNow() + timeoutMs + FLIGHT_GRACE_MS,
      generation,
      // Begins after this turn, when the flight is there to be compared with.
      result: Promise.resolve().then(() => fly(flight, key, userId, { ignore, reset, timeoutMs })),
    };
    flights.set(flightKey, flight);
    try {
      return await flight.result;
    } finally {
      if (flights.get(flightKey) === flight) flights.delete(flightKey);
    }
  }

  async function fly(
    flight: Flight,
    key: string,
    userId: string,
    { ignore, reset, timeoutMs }: { readonly ignore: boolean; readonly reset: boolean; readonly timeoutMs: number },
  ): Promise<readonly string[]> {
    if (reset) await cache.reset();
    if (!ignore && !reset) {
      const cached = await cache.lookup(key);
      if (cached !== undefined) {
        counters.segmentCacheHits += 1;
        return cached;
      }
      throwRememberedFailure(key);
    }
    counters.segmentRequests += 1;
    let segments: readonly string[];
    try {
      segments = await query(userId, timeoutMs);
    } catch (error) {
      counters.segmentFailures += 1;
      noteFailure(key, error, ignore);
      throw error;
    }
    failuresInARow = 0;
    downUntil = 0;
    failures.delete(key);
    if (!ignore && flight.generation === generation) background(cache.save(key, segments));
    return segments;
  }

  function throwRememberedFailure(key: string): void {
    const now = monotonicNow();
    const failure = failures.get(key);
    if (failure !== undefined && now < failure.until) {
      const { code, message, status: cause } = failure;
      throw new SdkError(code, `${message} It was not asked for again within ${failureMemoryMs} ms.`, { cause });
    }
    if (now >= downUntil) return;
    if (now < probeAt) {
      throw new SdkError(
        'request-failed',
        `Audience segments fetch failed (network error): ${FAILURES_UNTIL_DOWN} requests failed in a row, so only one is sent each second.`,
      );
    }
    probeAt = now + PROBE_EACH_MS;
  }

  function noteFailure(key: string, error: unknown, ignore: boolean): void {
    if (failureMemoryMs === 0) return;
    const now = monotonicNow();
    const until = now + failureMemoryMs;
    if (!ignore && isSdkError(error)) {
      failures.set(key, { code: error.code, message: error.message, status: statusCauseOf(error), until });
    }
    if (!isRetryable(error)) {
      // An answer, if not the one that was asked for.
      failuresInARow = 0;
      downUntil = 0;
      return;
    }
    failuresInARow += 1;
    if (failuresInARow < FAILURES_UNTIL_DOWN) return;
    if (now >= downUntil) probeAt = now + PROBE_EACH_MS;
    downUntil = until;
    // The first failure after that is enough.
    failuresInARow = FAILURES_UNTIL_DOWN - 1;
  }

  return {
    read,
    retire() {
      generation += 1;
      flights.clear();
    },
  };
}

/** `undefined` once the flight is overdue: edge runtimes drop the work of a request that has ended. */
function orAbandoned({ result, dueAt }: Flight): Promise<readonly string[] | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = startTimer(() => resolve(undefined), dueAt - monotonicNow());
    result.then(resolve, reject).finally(cancel);
  });
}
