/**
 * Delivery: takes ready batches out of the queue and sends them, two at a time, until the collector has them or refuses
 * them for good.
 *
 * A batch that failed goes back to the front with the same events and ids, so that the collector can tell what it already
 * has. Failures are taken to be the endpoint's, not the batch's: all sending waits, one request tries again, and what piled
 * up is then sent in larger requests.
 */
import {
  backoffMs,
  classifyStatus,
  type HttpResponse,
  monotonicNow,
  request,
  retryAfterMs,
  startTimer,
} from '@sortition/http';
import type { BatchEventsSettings, DropReason } from './batch-events-options.ts';
import { type Batch, type EventQueue, halveBatch } from './event-queue.ts';
import { byteLength } from './event-text.ts';
import { type Letter, writeLetter } from './log-event.ts';
import type { SinkHosts } from './sink-hosts.ts';

/** What delivery needs. */
export interface DeliveryOptions {
  readonly settings: BatchEventsSettings;
  readonly queue: EventQueue;
  readonly hosts: SinkHosts;
  /** Told of each batch that is over and done with: delivered, or dropped for a reason. */
  readonly onEnd: (batch: Batch, reason?: DropReason) => void;
  /** Told of each request that has to be repeated. */
  readonly onRetry: () => void;
}

/** Sends what the queue has ready. */
export interface Delivery {
  /**
   * Sends as much as may be sent now. Never throws.
   *
   * @param isUrgent Ends a wait between attempts, unless the server asked for it.
   */
  pump(isUrgent?: boolean): void;
  /**
   * Hands every event to `sendBeacon`-like `send` in pieces of at most `maxBytes`; the first piece it does not take is
   * sent as a request that outlives the page, the rest stays in the queue.
   */
  handOver(maxBytes: number, send: (url: string, body: string) => boolean): void;
  /** Ends requests under way and sends no more. */
  stop(): void;
}

const MAX_IN_FLIGHT = 2;
const BACKOFF = { baseMs: 1_000, capMs: 60_000 };
/** A request without any outcome for this long after its deadline died with whoever started it, as on edge runtimes. */
const STALLED_MS = 5_000;
const HEADERS = { 'content-type': 'application/json' };

/** Creates the delivery of a queue; sends nothing before it is pumped. */
export function createDelivery({ settings, queue, hosts, onEnd, onRetry }: DeliveryOptions): Delivery {
  const { endpoint, requestTimeoutMs, fetch } = settings;
  /** When each batch under way was sent. One that is sent again is another object. */
  const inFlight = new Map<Batch, number>();
  const ending = new AbortController();
  const { signal } = ending;
  let failures = 0;
  /** Catching up goes on until nothing is ready any more. */
  let isBehind = false;
  let resumeAt = 0;
  let askedToWait = false;
  let cancelTimer: (() => void) | undefined;

  function pump(isUrgent = false): void {
    releaseStalled();
    cancelTimer?.();
    if (signal.aborted || queue.ready.length === 0) return;
    if (isUrgent && !askedToWait) resumeAt = 0;
    const waitMs = resumeAt - monotonicNow();
    if (waitMs > 0) {
      cancelTimer = startTimer(pump, waitMs);
      return;
    }
    while (inFlight.size < (failures > 0 ? 1 : MAX_IN_FLIGHT)) {
      const batch = queue.next(isBehind);
      if (batch === undefined) break;
      isBehind &&= queue.ready.length > 0;
      post(batch, writeLetter(endpoint, batch), false);
    }
  }

  function post(batch: Batch, { log, body }: Letter, keepalive: boolean): void {
    inFlight.set(batch, monotonicNow());
    if (!batch.announced) hosts.logEvent(log);
    request({
      url: log.url,
      method: 'POST',
      headers: HEADERS,
      body,
      timeoutMs: requestTimeoutMs,
      maxBytes: 0,
      answer: 'status',
      signal,
      fetch,
      keepalive,
    }).then(
      (response) => settle(batch, response),
      (cause: Error) => settle(batch, null, cause),
    );
  }

  /** @param response `null`: no answer came, or one that cannot be the collector's: a redirect, as captive portals send. */
  function settle(batch: Batch, response: HttpResponse | null, cause?: Error): void {
    if (!inFlight.delete(batch)) return; // taken for dead, and sent again
    const status = response?.status;
    const outcome = status === undefined ? 'retry' : classifyStatus(status);
    if (outcome === 'success') {
      failures = 0;
      resumeAt = 0;
      askedToWait = false;
      hosts.forget('events-delayed');
      hosts.forget('events-refused');
      onEnd(batch);
    } else if (outcome === 'retry') {
      putBack(batch);
      if (!signal.aborted) delay(response, cause);
    } else if (status === 413 && batch.events.length > 1) {
      queue.ready.unshift(...halveBatch(batch));
    } else {
      onEnd(batch, status === 413 ? 'too-large' : 'refused');
      hosts.problemOnce('events-refused', `Events were refused with status ${status} and are lost.`);
    }
    pump();
  }

  function putBack(batch: Batch): void {
    queue.ready.unshift({ ...batch, announced: true });
  }

  function delay(response: HttpResponse | null, cause: Error | undefined): void {
    const asked = response && retryAfterMs(response);
    failures += 1;
    isBehind = true;
    resumeAt = monotonicNow() + backoffMs(BACKOFF, failures, asked);
    askedToWait = asked !== null;
    onRetry();
    const why = cause ? cause.message : `The answer had status ${response?.status}.`;
    hosts.problemOnce('events-delayed', `Events could not be sent; they are kept and sent again. ${why}`, cause);
  }

  function releaseStalled(): void {
    const deadline = monotonicNow() - requestTimeoutMs - STALLED_MS;
    for (const [batch, sentAt] of inFlight) {
      if (sentAt >= deadline) continue;
      inFlight.delete(batch);
      putBack(batch);
      onRetry();
    }
  }

  /** Cuts a batch until every piece is within the limit or a single event. */
  function cut(batch: Batch, maxBytes: number): readonly Batch[] {
    if (batch.events.length === 1 || byteLength(writeLetter(endpoint, batch).body) <= maxBytes) return [batch];
    return halveBatch(batch).flatMap((half) => cut(half, maxBytes));
  }

  return {
    pump,
    handOver(maxBytes, send) {
      queue.seal();
      const kept: Batch[] = [];
      let isRefused = false;
      for (const batch of queue.ready.splice(0).flatMap((whole) => cut(whole, maxBytes))) {
        const letter = writeLetter(endpoint, batch);
        if (isRefused || byteLength(letter.body) > maxBytes) kept.push(batch);
        else if (send(letter.log.url, letter.body)) {
          hosts.logEvent(letter.log);
          onEnd(batch);
        } else {
          isRefused = true;
          post(batch, letter, true);
        }
      }
      queue.ready.unshift(...kept);
    },
    stop() {
      ending.abort();
      cancelTimer?.();
    },
  };
}
