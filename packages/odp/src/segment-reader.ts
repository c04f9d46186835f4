/**
 * Segments for one set of ODP settings, with as few requests as possible: from the cache, from a request that is
 * already under way, or from a new one; and without a request for a while after a failure.
 */
import { isSdkError, SdkError, type SdkErrorCode, SegmentOption } from '@sortition/core';
import { createRecentMap } from '@sortition/core/internal';
import { isRetryable, monotonicNow, type StatusCause, startTimer, statusCauseOf } from '@sortition/http';
import type { GuardedSegmentCache } from './guarded-segment-cache.ts';

/** Reads the segments of users. */
export interface SegmentReader {
  /** Rejects with `SdkError`. The list is shared: copy it before returning it to an application. */
  read(key: string, userId: string, options: readonly SegmentOption[], timeoutMs: number): Promise<readonly string[]>;
  /** Results of requests under way still reach their callers but are not cached. */
  retire(): void;
}

/** Counters for all sets of settings. */
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
   * How long after a failure the segments of a user are not fetched again, in ms, and those of any user while the
   * platform looks down; 0: failures are not remembered.
   */
  readonly failureMemoryMs: number;
  /** Receives work that no caller waits for. */
  readonly background: (work: Promise<unknown>) => void;
}

interface Flight {
  readonly result: Promise<readonly string[]>;
  /** Time, on the monotonic clock, by which it must have ended unless its runtime has abandoned it. */
  readonly dueAt: number;
  /** The result is cached only if the reader's generation is still this one. */
  generation: number;
}

/** The data of a failure. Not the error itself, because its stack keeps kilobytes in memory. */
interface RememberedFailure {
  readonly code: SdkErrorCode;
  readonly message: string;
  readonly status: StatusCause | null;
  readonly until: number;
}

const REMEMBERED_FAILURES = 10_000;
/** Number of failures in a row, for any users, after which the platform counts as down. */
const FAILURES_UNTIL_DOWN = 20;
/** While the platform counts as down, one request is sent in this time to test it, in ms. */
const PROBE_EACH_MS = 1_000;
/** The time that the cache may add to a request. */
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
      // Calls after a reset do not use the result of a request from before it; calls that reset share one request.
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
      // Starts after this turn, when `flight` exists and can be compared with.
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
      throw new SdkError(code, `${message} It was not repeated within ${failureMemoryMs} ms.`, { cause });
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
      // A response, although not a useful one.
      failuresInARow = 0;
      downUntil = 0;
      return;
    }
    failuresInARow += 1;
    if (failuresInARow < FAILURES_UNTIL_DOWN) return;
    if (now >= downUntil) probeAt = now + PROBE_EACH_MS;
    downUntil = until;
    // One more failure is then enough.
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

/** Resolves to `undefined` when the flight is overdue: edge runtimes drop the work of a request that has ended. */
function orAbandoned({ result, dueAt }: Flight): Promise<readonly string[] | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = startTimer(() => resolve(undefined), dueAt - monotonicNow());
    result.then(resolve, reject).finally(cancel);
  });
}
