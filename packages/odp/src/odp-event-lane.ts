/**
 * A queue of ODP events with one destination. An event never changes lanes, so that a user of one account is never told to
 * another one; when the settings change, the lane is emptied to where it was meant for.
 *
 * One request at a time. A batch stays at the head of the queue until the platform has it, or refuses it for good.
 */
import type { Problem } from '@sortition/core';
import {
  backoffMs,
  isRetryable,
  monotonicNow,
  request,
  startTimer,
  statusCauseOf,
  statusError,
  wait,
} from '@sortition/http';

/** Where a lane leads. */
export interface LaneTarget {
  readonly origin: string;
  readonly apiKey: string;
}

/** Counters that outlive a lane. */
interface EventCounters {
  produced: number;
  delivered: number;
  dropped: number;
  retries: number;
}

/** One queue. */
export interface EventLane {
  /** The text of one event; sent once the lane has a target. */
  push(event: string): void;
  /** Gives a lane that was created without a target one. */
  aim(target: LaneTarget): void;
  /** Sends what is queued, over a few attempts at most. Never rejects. */
  flush(until: number): Promise<void>;
  /** Drops what is queued and ends the request under way; returns how many events that were. */
  abandon(): number;
  readonly pending: number;
  readonly pendingBytes: number;
}

interface LaneOptions {
  readonly batchSize: number;
  readonly flushIntervalMs: number;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch | undefined;
  readonly counters: EventCounters;
  readonly report: (problem: Problem) => void;
  /** Given work that nobody waits for, where the runtime would drop it otherwise. */
  readonly background: (work: Promise<unknown>) => void;
}

const BACKOFF = { baseMs: 1_000, capMs: 60_000 };
/** While somebody waits for a flush. */
const FLUSH_BACKOFF = { baseMs: 200, capMs: 1_000 };
const FLUSH_ATTEMPTS = 3;
const MAX_ANSWER_BYTES = 1_048_576;

/** Creates an empty lane. Without a target it only collects. */
export function createEventLane(options: LaneOptions, firstTarget?: LaneTarget): EventLane {
  const { batchSize, flushIntervalMs, counters, report } = options;
  const ending = new AbortController();
  let target = firstTarget;
  let queue: string[] = [];
  let bytes = 0;
  let failures = 0;
  let largestBatch = batchSize;
  let sending: Promise<void> | undefined;
  let due: { readonly cancel: () => void; readonly done: () => void } | undefined;

  function push(event: string): void {
    queue.push(event);
    bytes += byteLength(event);
    if (queue.length >= batchSize && failures === 0) void sendQueue();
    else schedule(flushIntervalMs);
  }

  function schedule(delayMs: number): void {
    if (due !== undefined || sending !== undefined || target === undefined || ending.signal.aborted) return;
    options.background(
      new Promise<void>((done) => {
        due = { done, cancel: startTimer(() => void sendQueue(), delayMs) };
      }),
    );
  }

  /** Sends until the queue is empty or an attempt fails; joins what is under way. */
  function sendQueue(): Promise<void> {
    const scheduled = due;
    due = undefined;
    scheduled?.cancel();
    sending ??= sendBatches().then((delayMs) => {
      sending = undefined;
      if (queue.length > 0) schedule(delayMs);
    });
    if (scheduled) void sending.then(scheduled.done);
    return sending;
  }

  /** Resolves how long to wait before the next attempt. Never rejects. */
  async function sendBatches(): Promise<number> {
    while (target !== undefined && queue.length > 0 && !ending.signal.aborted) {
      const batch = queue.slice(0, largestBatch);
      try {
        await send(batch, target);
        settle(batch, 'delivered');
      } catch (error) {
        if (ending.signal.aborted) break;
        const cause = statusCauseOf(error);
        if (cause?.status === 413 && batch.length > 1) {
          largestBatch = Math.ceil(batch.length / 2);
        } else if (isRetryable(error)) {
          failures += 1;
          counters.retries += 1;
          if (failures === 1)
            report(
              problem('odp-events-delayed', 'ODP events could not be sent and are kept for another attempt.', error),
            );
          return backoffMs(BACKOFF, failures, cause?.retryAfterMs);
        } else {
          settle(batch, 'dropped');
          report(problem('odp-events-refused', `${batch.length} ODP events were refused and are lost.`, error));
        }
      }
    }
    return flushIntervalMs;
  }

  function settle(batch: readonly string[], outcome: 'delivered' | 'dropped'): void {
    queue = queue.slice(batch.length);
    for (const event of batch) bytes -= byteLength(event);
    counters[outcome] += batch.length;
    if (outcome === 'dropped') return;
    failures = 0;
    largestBatch = batchSize;
  }

  async function send(batch: readonly string[], { origin, apiKey }: LaneTarget): Promise<void> {
    const response = await request({
      url: `${origin}/v3/events`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
      body: `[${batch.join(',')}]`,
      timeoutMs: options.timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
      maxRedirects: 0,
      signal: ending.signal,
      fetch: options.fetch,
      secrets: [apiKey],
    });
    if (response.status < 200 || response.status > 299) throw statusError(response, 'The request with ODP events');
  }

  return {
    push,
    aim(newTarget) {
      target = newTarget;
      if (queue.length >= batchSize) void sendQueue();
      else if (queue.length > 0) schedule(flushIntervalMs);
    },
    async flush(until) {
      for (let attempt = 1; target !== undefined && queue.length > 0 && !ending.signal.aborted; attempt += 1) {
        const before = queue.length;
        await sendQueue();
        if (queue.length === 0) return;
        if (queue.length < before) attempt = 0;
        const delayMs = Math.min(backoffMs(FLUSH_BACKOFF, attempt), until - monotonicNow());
        if (attempt >= FLUSH_ATTEMPTS || delayMs <= 0) return;
        await wait(delayMs);
      }
    },
    abandon() {
      const lost = queue.length;
      queue = [];
      bytes = 0;
      due?.cancel();
      due?.done();
      ending.abort();
      return lost;
    },
    get pending() {
      return queue.length;
    },
    get pendingBytes() {
      return bytes;
    },
  };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

function problem(code: string, message: string, cause: unknown): Problem {
  return { code, part: 'odp', message, cause };
}
