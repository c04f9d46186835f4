/**
 * A delivery lane: a queue with one destination, which accepts items in batches, at least once each.
 *
 * Batches grow with what waits, and so does the number of requests under way, within a bound of bytes and what the
 * destination turned out to take. Failures are of two kinds, and which one it is shows by what else is accepted meanwhile:
 *
 * - of the destination: nothing is accepted. Everything waits, and one small request at a time tries again (`outage.ts`).
 * - of a batch: others are accepted. The batch is set aside, tried again, halved when it fails again, and so on down to the
 *   item that is at fault, which is given up after a number of attempts (`failed-batch.ts`). The others go on.
 *
 * Requests, timers and promises belong to the call that starts them, because edge runtimes end them with the request they
 * serve: each caller waits with a timer of its own, and work that never ended counts as dead and is done again.
 */
import { monotonicNow, startTimer } from '../clock.ts';
import { LightAbortController } from '../light-abort-controller.ts';
import type { HttpResponse } from '../response.ts';
import { backoffMs } from '../retry.ts';
import { retryAfterMs } from '../retry-after.ts';
import { classifyStatus } from '../status.ts';
import { createBatchSize } from './batch-size.ts';
import { halve, isGivenUp, isHalved, type TriedBatch } from './failed-batch.ts';
import type { DeliveryLane, LaneDrop, LaneOptions } from './lane-options.ts';
import { createLaneQueue, isUpTo, type LaneItem } from './lane-queue.ts';
import { BACKOFF, noOutage, noteFailure } from './outage.ts';

/** A request under way. */
interface Flight<Batch> {
  readonly batch: Batch;
  /** The flush that began it. */
  readonly by: object | undefined;
  readonly sentAt: number;
  /** Requests that had been accepted by then. */
  readonly accepted: number;
  readonly controller: Pick<AbortController, 'abort'>;
}

const MIN_IN_FLIGHT = 2;
const MAX_IN_FLIGHT = 8;
/** A request without any outcome for this long after its deadline died with what started it. */
const STALLED_MS = 5_000;
/** Where work is handed over, the end of the request is near: batches are not waited for longer. */
const HAND_OVER_DELAY_MS = 50;
const HAND_OVER_TIMEOUT_MS = 15_000;
/** A timer that is late by this much died with what started it. */
const LATE_MS = 1_000;
/** How often a flush looks whether it is done. */
const LOOK_MS = 20;
const NEVER = Number.POSITIVE_INFINITY;
const LONG_AGO = -1e9;

/** Creates an empty lane. Nothing happens before the first item. */
export function createDeliveryLane<Context, Item extends LaneItem>(
  options: LaneOptions<Context, Item>,
): DeliveryLane<Context, Item> {
  type Batch = TriedBatch<Context, Item>;
  const { batchSize, flushIntervalMs, requestTimeoutMs, waitUntil, onRetry, onDelivered } = options;
  const waiting = createLaneQueue<Context, Item>(batchSize, options.isSameContext);
  const size = createBatchSize(batchSize);
  let outage = noOutage(LONG_AGO);
  /**
   * Requests under way. A list and no `Map`: one that is filled and emptied all the time leaves its former tables behind, each
   * of which keeps the next and the items in it from being freed until the whole heap is collected.
   */
  const inFlight: Flight<Batch>[] = [];
  let aside: Batch[] = [];
  let cancelTimer: (() => void) | undefined;
  let count = 0;
  let bytes = 0;
  let lastNumber = 0;
  /** Items up to this number are not waited for any longer. */
  let sealedUpTo = 0;
  /** When the oldest item that may still wait came. */
  let openSince = NEVER;
  /** Requests that were accepted, and failed, ever. */
  let accepted = 0;
  let failed = 0;
  let timerAt = NEVER;
  let handedUntil = 0;
  let isStopped = false;

  function mostInFlight(): number {
    return outage.isDown ? 1 : Math.min(MAX_IN_FLIGHT, MIN_IN_FLIGHT + Math.floor(count / (4 * batchSize)));
  }

  function takeWaiting(): Batch | undefined {
    const fresh = waiting.take(sealedUpTo, size.most());
    if (waiting.count === 0) openSince = NEVER;
    return fresh && { ...fresh, isNew: true, failures: 0, since: 0, acceptedBefore: accepted, retryAt: 0 };
  }

  function takeAside(isWanted: (batch: Batch) => boolean): Batch | undefined {
    const index = aside.findIndex(isWanted);
    return index < 0 ? undefined : aside.splice(index, 1)[0];
  }

  /** The next batch that may be sent now. */
  function next(): Batch | undefined {
    const now = monotonicNow();
    const most = mostInFlight();
    if (isStopped || inFlight.length >= most || now < outage.resumeAt) return undefined;
    // While nothing is accepted, any batch is as good as another to find out whether something is.
    if (outage.isDown) return takeWaiting() ?? takeAside(() => true);
    // Half of the requests are kept for new items, even when many failed before.
    const again = inFlight.filter(({ batch }) => batch.failures > 0).length;
    return (again < most / 2 && takeAside(({ retryAt }) => retryAt <= now)) || takeWaiting();
  }

  /** Sends what may be sent. @param by The flush to whose request the requests belong. */
  function work(by?: object): void {
    releaseStalled();
    for (let batch = next(); batch; batch = next()) void send(batch, by);
    schedule();
  }

  async function send(batch: Batch, by?: object, keepalive = false): Promise<void> {
    const controller = new LightAbortController();
    const flight = { batch, by, sentAt: monotonicNow(), accepted, controller };
    inFlight.push(flight);
    let response: HttpResponse | undefined;
    let failure: unknown;
    try {
      response = await options.send(batch, { signal: controller.signal, keepalive });
    } catch (cause) {
      failure = cause;
    }
    // Otherwise it was taken for dead, and is sent again.
    if (!land(flight)) return;
    if (response && isAccepted(response)) accept(batch);
    else if (isStopped) aside.push(batch);
    else if (response?.status === 413) split(batch, 413);
    else fail(batch, response, failure, accepted > flight.accepted);
    // In a runtime that ends this with the request it serves, the flush that waits looks what else there is to do.
    if (!waitUntil() && !isWorker()) work();
  }

  /** Whether the request was still under way. */
  function land(flight: Flight<Batch>): boolean {
    const index = inFlight.indexOf(flight);
    if (index >= 0) inFlight.splice(index, 1);
    return index >= 0;
  }

  function accept({ items, whole }: Batch): void {
    const { isDown } = outage;
    accepted += 1;
    size.accepted(items.length, whole, isDown, Math.ceil(waiting.count / MAX_IN_FLIGHT));
    outage = noOutage(monotonicNow());
    // After an outage everything that failed in it goes again at once.
    if (isDown) retryAsideNow();
    deliver(items);
  }

  function fail(batch: Batch, response: HttpResponse | undefined, cause: unknown, othersPassed: boolean): void {
    const now = monotonicNow();
    const status = response?.status;
    const asked = response ? retryAfterMs(response) : null;
    const isFirst = batch.failures === 0;
    const failures = batch.failures + 1;
    const again: Batch = {
      ...batch,
      isNew: false,
      failures,
      ...(isFirst && { since: now, acceptedBefore: accepted - (othersPassed ? 1 : 0) }),
      retryAt: now + backoffMs(BACKOFF, failures, asked),
    };
    failed += 1;
    onRetry(status === undefined ? String(Object(cause).message) : `The answer had status ${status}.`, cause);
    // A batch that fails again while others are accepted says nothing about the destination.
    const isAtFault = accepted > again.acceptedBefore;
    const { isDown } = outage;
    noteFailure(outage, isFirst || !isAtFault, isFirst && !othersPassed, asked);
    size.failed(isDown, outage.isDown);
    const isRefused = status !== undefined && ['denied', 'refused'].includes(classifyStatus(status));
    if (isGivenUp(again, now, isRefused, isAtFault)) drop(again, 'refused', status);
    else if (isHalved(again, isAtFault)) split(again, status);
    else aside.push(again);
  }

  function split(batch: Batch, status: number | undefined): void {
    const { items, failures } = batch;
    if (items.length === 1) {
      drop(batch, 'too-large', status);
      return;
    }
    const whole = { size: items.length, accepted: 0 };
    aside.unshift(...halve({ ...batch, isNew: false, failures: Math.min(failures, 1), retryAt: 0, whole }));
  }

  function deliver(items: readonly Item[]): void {
    forget(items);
    onDelivered(items);
  }

  function drop({ items }: Batch, reason: LaneDrop, status: number | undefined): void {
    forget(items);
    options.onDropped(items, reason, status);
  }

  function forget(items: readonly Item[]): void {
    count -= items.length;
    for (const { text } of items) bytes -= text.length;
  }

  function retryAsideNow(): void {
    aside = aside.map((batch) => ({ ...batch, retryAt: 0 }));
  }

  function releaseStalled(): void {
    for (const flight of [...inFlight]) {
      if (monotonicNow() <= flight.sentAt + requestTimeoutMs + STALLED_MS) continue;
      land(flight);
      aside.push({ ...flight.batch, isNew: false });
      onRetry(undefined);
    }
  }

  function seal(): void {
    sealedUpTo = lastNumber;
    openSince = NEVER;
  }

  /** Sets the timer for the next work, unless the runtime that was handed the work does so. */
  function schedule(): void {
    if (isStopped || waitUntil() || count === 0) return;
    const now = monotonicNow();
    const isIdle = inFlight.length === 0;
    let at = openSince + flushIntervalMs;
    const by = (moment: number) => {
      at = Math.min(at, moment);
    };
    // Requests under way begin what may be sent by then when they end; what matters here is that some may never end.
    for (const { sentAt } of inFlight) by(sentAt + requestTimeoutMs + STALLED_MS + 1);
    if (!outage.isDown) for (const { retryAt } of aside) if (isIdle || retryAt > now) by(retryAt);
    if (outage.isDown && isIdle && (aside.length > 0 || waiting.isDue(sealedUpTo))) by(outage.resumeAt);
    if (at === NEVER || (timerAt <= at && timerAt > now - LATE_MS)) return;
    timerAt = at;
    cancelTimer?.();
    cancelTimer = startTimer(() => {
      timerAt = NEVER;
      if (monotonicNow() >= openSince + flushIntervalMs) seal();
      work();
    }, at - now);
  }

  /** Gives the runtime a promise for what is queued, once per burst of items. */
  function handToRuntime(give: (work: Promise<unknown>) => void): void {
    const now = monotonicNow();
    if (now < handedUntil) return;
    const delayMs = Math.min(flushIntervalMs, HAND_OVER_DELAY_MS);
    handedUntil = now + delayMs + LATE_MS;
    give(
      sleep(delayMs).then(() => {
        handedUntil = 0;
        return flush(HAND_OVER_TIMEOUT_MS);
      }),
    );
  }

  async function flush(timeoutMs: number, attempts = NEVER): Promise<void> {
    const until = monotonicNow() + Math.max(timeoutMs || 0, 0);
    const failedBefore = failed;
    const me = {};
    const upTo = lastNumber;
    const isOld = ({ items }: Batch) => isUpTo(items, upTo);
    const isPending = () =>
      waiting.holds(upTo) || aside.some(isOld) || inFlight.some(({ batch, by }) => by === me || isOld(batch));
    seal();
    if (!outage.isAsked) {
      outage.resumeAt = 0;
      retryAsideNow();
    }
    for (work(me); isPending() && !isStopped; work(me)) {
      const leftMs = until - monotonicNow();
      if (leftMs <= 0 || failed - failedBefore >= attempts) break;
      // A promise of another request may never settle here, so each flush looks by itself.
      await sleep(Math.min(LOOK_MS, leftMs));
    }
  }

  return {
    add(context, item) {
      lastNumber += 1;
      item.number = lastNumber;
      waiting.add(context, item);
      count += 1;
      bytes += item.text.length;
      const now = monotonicNow();
      const isFirst = openSince === NEVER;
      if (isFirst) openSince = now;
      const give = waitUntil();
      if (give) handToRuntime(give);
      else if (inFlight.length < mostInFlight() && waiting.isDue(sealedUpTo)) work();
      else if (isFirst || timerAt < now - LATE_MS) schedule();
    },
    flush,
    handOver(offer) {
      const hand = (batch: Batch): void => {
        const answer = offer(batch);
        if (answer === 'taken') deliver(batch.items);
        else if (answer === 'request') void send(batch, undefined, true);
        else if (answer === 'too-large' && batch.items.length > 1) halve(batch).forEach(hand);
        else aside.push(batch);
      };
      seal();
      const all = aside.splice(0);
      for (let fresh = takeWaiting(); fresh; fresh = takeWaiting()) all.push(fresh);
      all.forEach(hand);
    },
    stop() {
      isStopped = true;
      cancelTimer?.();
      for (const { controller } of inFlight) controller.abort();
    },
    get count() {
      return count;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** Whether this is an isolate that serves requests, and ends with each what it began. */
function isWorker(): boolean {
  return (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === 'Cloudflare-Workers';
}

/** A page in HTML is that of a captive portal or of a login, whatever its status. */
function isAccepted({ status, header }: HttpResponse): boolean {
  return classifyStatus(status) === 'success' && !/^\s*text\/html/i.test(header('content-type') ?? '');
}

function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => startTimer(resolve, delayMs, true));
}
