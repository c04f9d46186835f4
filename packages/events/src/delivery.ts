/**
 * Delivery: takes ready batches out of the queue and sends them, two at a time, until the collector has them or refuses
 * them for good.
 *
 * A batch that failed goes back to the front with the same events and ids, so that the collector can tell what it already
 * has. Failures are taken to be the endpoint's, not the batch's: all sending waits, one request tries again, and what piled
 * up is then sent in larger requests.
 */
import type { LogEvent } from '@sortition/core';
import { backoffMs, classifyStatus, monotonicNow, request, retryAfterMs, startTimer } from '@sortition/http';
import { stringifyBatch } from './batch-text.ts';
import { wrapVisitors } from './event-batch.ts';
import { endpointOf } from './event-endpoint.ts';
import type { Batch, EventQueue } from './event-queue.ts';
import { byteLength } from './event-text.ts';
import { readVisitors } from './queued-visitors.ts';

/** Why events were given up. */
export type DropReason = 'queue-full' | 'too-large' | 'refused' | 'closed';

/** What delivery needs. */
export interface DeliveryOptions {
  readonly queue: EventQueue;
  /** `undefined`: by region. */
  readonly endpoint: string | undefined;
  /** Total for one request, in milliseconds. */
  readonly requestTimeoutMs: number;
  readonly fetch: typeof fetch | undefined;
  readonly onDelivered: (batch: Batch) => void;
  readonly onDropped: (batch: Batch, reason: DropReason) => void;
  readonly onRetry: (batch: Batch) => void;
  readonly onSend: (event: LogEvent) => void;
  readonly report: (code: string, message: string, cause?: unknown) => void;
}

/** Sends what the queue has ready. */
export interface Delivery {
  /** Sends as much as may be sent now. Never throws. */
  pump(): void;
  /** Ends a wait between attempts, unless the server asked for it. */
  wake(): void;
  /**
   * Hands every ready batch to `sendBeacon`-like `send` in pieces of at most `maxBytes`; the first piece it does not take is
   * sent as a request that outlives the page, the rest stays in the queue.
   */
  handOver(maxBytes: number, send: (url: string, body: string) => boolean): void;
  /** Ends requests under way and sends no more. */
  stop(): void;
}

interface Attempt {
  readonly batch: Batch;
  readonly startedAt: number;
  isSettled: boolean;
}

/** A batch as it goes out. */
interface Letter {
  readonly batch: Batch;
  readonly log: LogEvent;
  readonly body: string;
}

const MAX_IN_FLIGHT = 2;
const BACKOFF = { baseMs: 1_000, capMs: 60_000 };
/** A request without any outcome for this long after its deadline died with whoever started it, as on edge runtimes. */
const STALLED_MS = 5_000;
const HEADERS = { 'content-type': 'application/json' };

/** Creates the delivery of a queue; sends nothing before it is pumped. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { queue, requestTimeoutMs, fetch, report } = options;
  const inFlight = new Set<Attempt>();
  const ending = new AbortController();
  let failures = 0;
  /** Catching up goes on until nothing is ready any more. */
  let isBehind = false;
  let isRefusing = false;
  let resumeAt = 0;
  let askedToWait = false;
  let cancelTimer: (() => void) | undefined;
  let isStopped = false;

  function pump(): void {
    releaseStalled();
    cancelTimer?.();
    cancelTimer = undefined;
    if (isStopped || !queue.hasReady) return;
    const waitMs = resumeAt - monotonicNow();
    if (waitMs > 0) {
      cancelTimer = startTimer(pump, waitMs);
      return;
    }
    while (inFlight.size < (failures > 0 ? 1 : MAX_IN_FLIGHT)) {
      const batch = queue.next(isBehind);
      if (batch === undefined) break;
      isBehind &&= queue.hasReady;
      post(write(batch), false);
    }
  }

  function post({ batch, log, body }: Letter, keepalive: boolean): void {
    const attempt: Attempt = { batch, startedAt: monotonicNow(), isSettled: false };
    inFlight.add(attempt);
    if (!batch.announced) options.onSend(log);
    request({
      url: log.url,
      method: 'POST',
      headers: HEADERS,
      body,
      timeoutMs: requestTimeoutMs,
      maxBytes: 0,
      answer: 'status',
      signal: ending.signal,
      fetch,
      keepalive,
    }).then(
      ({ status, header }) => settle(attempt, status, retryAfterMs({ header })),
      (cause: unknown) => settle(attempt, null, null, cause),
    );
  }

  /** @param status `null`: no answer came. */
  function settle(attempt: Attempt, status: number | null, asked: number | null, cause?: unknown): void {
    if (attempt.isSettled) return;
    attempt.isSettled = true;
    inFlight.delete(attempt);
    const { batch } = attempt;
    const outcome = status === null ? 'retry' : classifyStatus(status);
    if (outcome === 'success') {
      recover();
      queue.settle(batch);
      options.onDelivered(batch);
    } else if (outcome === 'retry') {
      queue.putBack({ ...batch, announced: true });
      if (!isStopped) delay(batch, asked, status, cause);
    } else if (status === 413 && batch.events.length > 1) {
      queue.putBack(...halves(batch));
    } else {
      refuse(batch, status);
    }
    pump();
  }

  function recover(): void {
    failures = 0;
    resumeAt = 0;
    askedToWait = false;
    isRefusing = false;
  }

  function delay(batch: Batch, asked: number | null, status: number | null, cause: unknown): void {
    failures += 1;
    isBehind = true;
    resumeAt = monotonicNow() + backoffMs(BACKOFF, failures, asked);
    askedToWait = asked !== null;
    options.onRetry(batch);
    if (failures > 1) return;
    const why = status === null ? 'no answer came' : `status ${status}`;
    report('events-delayed', `Events could not be sent (${why}); they are kept and sent again.`, cause);
  }

  /** Said once until something is accepted again, or a service that refuses everything would fill the log. */
  function refuse(batch: Batch, status: number | null): void {
    const reason = status === 413 ? 'too-large' : 'refused';
    queue.settle(batch);
    options.onDropped(batch, reason);
    if (!isRefusing) report('events-refused', `Events were refused with status ${status} and are lost.`);
    isRefusing = true;
  }

  function releaseStalled(): void {
    const deadline = monotonicNow() - requestTimeoutMs - STALLED_MS;
    for (const attempt of inFlight) if (attempt.startedAt < deadline) settleStalled(attempt);
  }

  function settleStalled(attempt: Attempt): void {
    attempt.isSettled = true;
    inFlight.delete(attempt);
    queue.putBack({ ...attempt.batch, announced: true });
    options.onRetry(attempt.batch);
  }

  function write(batch: Batch): Letter {
    const [first] = batch.events;
    if (first === undefined) throw new RangeError('a batch has at least one event');
    const url = options.endpoint ?? endpointOf(first.context.region);
    const params = wrapVisitors(first.context, readVisitors(batch.events));
    return { batch, log: { url, httpVerb: 'POST', params }, body: stringifyBatch(params) };
  }

  /** Cuts a batch until every piece is within the limit or a single event. */
  function cut(batch: Batch, maxBytes: number): readonly Letter[] {
    const letter = write(batch);
    if (batch.events.length === 1 || byteLength(letter.body) <= maxBytes) return [letter];
    return halves(batch).flatMap((half) => cut(half, maxBytes));
  }

  return {
    pump,
    wake() {
      if (!askedToWait) resumeAt = 0;
    },
    handOver(maxBytes, send) {
      const batches: Batch[] = [];
      for (let batch = queue.next(false); batch !== undefined; batch = queue.next(false)) batches.push(batch);
      const kept: Batch[] = [];
      let isRefused = false;
      for (const letter of batches.flatMap((batch) => cut(batch, maxBytes))) {
        const { batch, log, body } = letter;
        if (isRefused || byteLength(body) > maxBytes) kept.push(batch);
        else if (send(log.url, body)) {
          options.onSend(log);
          queue.settle(batch);
          options.onDelivered(batch);
        } else {
          isRefused = true;
          post(letter, true);
        }
      }
      queue.putBack(...kept);
    },
    stop() {
      isStopped = true;
      cancelTimer?.();
      ending.abort();
    },
  };
}

function halves({ events }: Batch): [Batch, Batch] {
  const middle = Math.ceil(events.length / 2);
  return [
    { events: events.slice(0, middle), announced: false },
    { events: events.slice(middle), announced: false },
  ];
}
