/**
 * The requests of a lane: what goes next, how many are under way, and what becomes of a batch by its answer.
 *
 * Batches grow with what waits, and so does the number of requests under way, within a bound of bytes and what the
 * destination turned out to take. There are two kinds of failures, distinguished by whether other batches are accepted
 * meanwhile:
 *
 * - of the destination: nothing is accepted. Everything waits, and one small request at a time retries (`outage.ts`).
 * - of a batch: others are accepted. It is set aside until the item at fault is found (`failed-batch.ts`). The others
 *   continue.
 */
import { monotonicNow } from '../clock.ts';
import { LightAbortController } from '../light-abort-controller.ts';
import type { HttpResponse } from '../response.ts';
import { retryAfterMs } from '../retry-after.ts';
import { classifyStatus } from '../status.ts';
import { createBatchSize } from './batch-size.ts';
import { halve, noteAttempt, setAside, setHalvesAside, type TriedBatch, takeAside } from './failed-batch.ts';
import type { DeliveryLane, LaneDrop, LaneOptions } from './lane-options.ts';
import { isUpTo, type LaneItem, type LaneQueue, NEVER } from './lane-queue.ts';
import { noOutage, noteFailure } from './outage.ts';

/** The requests of a lane. */
export interface Requests<Context, Item extends LaneItem> {
  /**
   * Sends what is due. Returns the next time, on the monotonic clock, at which something is to do even if no request
   * ends before.
   *
   * @param by The flush that starts these requests.
   */
  send(by?: object): number;
  /** Whether another batch may be under way. */
  hasRoom(): boolean;
  /** Whether items up to this number, or requests of this flush, are pending. */
  isPending(upTo: number, by: object): boolean;
  /** Ends all waits, except one that the destination requested. */
  retryNow(): void;
  readonly handOver: DeliveryLane<Context, Item>['handOver'];
  readonly stop: DeliveryLane<Context, Item>['stop'];
}

/** A request under way. */
interface Flight<Batch> {
  readonly batch: Batch;
  /** The flush that started it. */
  readonly by: object | undefined;
  /** Without a result by this time, on the monotonic clock, it counts as dead. */
  readonly deadAt: number;
  readonly controller: Pick<AbortController, 'abort'>;
}

const MIN_IN_FLIGHT = 2;
const MAX_IN_FLIGHT = 8;
/** How long after its deadline a request counts as dead. */
const STALLED_MS = 5_000;
const LONG_AGO = -1e9;

/** @param onSettled Called after each request that ended. */
export function createRequests<Context, Item extends LaneItem>(
  { batchSize, requestTimeoutMs, ...options }: LaneOptions<Context, Item>,
  queue: LaneQueue<Context, Item>,
  onSettled: () => void,
): Requests<Context, Item> {
  type Batch = TriedBatch<Context, Item>;
  const size = createBatchSize(batchSize);
  let outage = noOutage(LONG_AGO);
  /**
   * Requests under way. A list, because a `Map` that is filled and emptied all the time leaves its former tables
   * behind, and these keep items in memory until a full garbage collection.
   */
  const inFlight: Flight<Batch>[] = [];
  const aside: Batch[] = [];
  /** Number of all accepted requests. */
  let accepted = 0;
  let isStopped = false;

  function mostInFlight(): number {
    return outage.isDown ? 1 : Math.min(MAX_IN_FLIGHT, MIN_IN_FLIGHT + Math.floor(queue.pending / (4 * batchSize)));
  }

  function hasRoom(): boolean {
    return inFlight.length < mostInFlight();
  }

  function takeWaiting(): Batch | undefined {
    const fresh = queue.take(size.most());
    return fresh && { ...fresh, isNew: true, failures: 0, retryAt: 0 };
  }

  /** Returns the next batch that may be sent now. */
  function next(): Batch | undefined {
    const now = monotonicNow();
    if (isStopped || !hasRoom() || now < outage.resumeAt) return undefined;
    // While nothing is accepted, any batch can test whether the destination works again.
    if (outage.isDown) return takeWaiting() ?? takeAside(aside, NEVER);
    // Half of the requests are reserved for new items, even when many batches failed.
    const again = inFlight.filter(({ batch }) => batch.failures > 0).length;
    return (again < mostInFlight() / 2 && takeAside(aside, now)) || takeWaiting();
  }

  async function send(batch: Batch, by?: object, keepalive = false): Promise<void> {
    const controller = new LightAbortController();
    const flight = { batch, by, deadAt: monotonicNow() + requestTimeoutMs + STALLED_MS, controller };
    const acceptedBefore = accepted;
    inFlight.push(flight);
    let response: HttpResponse | undefined;
    let failure: unknown;
    try {
      response = await options.send(batch, { signal: controller.signal, keepalive });
    } catch (cause) {
      failure = cause;
    }
    // Otherwise it counted as dead and is sent again.
    if (!land(flight)) return;
    const status = response?.status;
    if (response && isAccepted(response)) accept(batch);
    else if (isStopped) aside.push(batch);
    else if (status === 413) drop(batch, setHalvesAside(aside, batch), status);
    else fail(batch, acceptedBefore, response, failure);
    onSettled();
  }

  /** Removes a request; returns whether it was still under way. */
  function land(flight: Flight<Batch>): boolean {
    const index = inFlight.indexOf(flight);
    if (index >= 0) inFlight.splice(index, 1);
    return index >= 0;
  }

  function accept({ items, whole }: Batch): void {
    const { isDown } = outage;
    accepted += 1;
    size.accepted(items.length, whole, isDown, Math.ceil(queue.count / MAX_IN_FLIGHT));
    outage = noOutage(monotonicNow());
    // After an outage all failed batches are sent again at once.
    if (isDown) retryAsideNow();
    deliver(items);
  }

  function fail(batch: Batch, acceptedBefore: number, response: HttpResponse | undefined, cause: unknown): void {
    const status = response?.status;
    const asked = response ? retryAfterMs(response) : null;
    const again = noteAttempt(batch, acceptedBefore, asked);
    const isAtFault = accepted > again.acceptedBefore;
    const { isDown } = outage;
    options.onRetry(status === undefined ? String(Object(cause).message) : `The answer had status ${status}.`, cause);
    noteFailure(outage, again.failures === 1, isAtFault, asked);
    size.failed(isDown, outage.isDown);
    const isRefused = status !== undefined && ['denied', 'refused'].includes(classifyStatus(status));
    drop(again, setAside(aside, again, isRefused, isAtFault), status);
  }

  function deliver(items: readonly Item[]): void {
    queue.forget(items);
    options.onDelivered(items);
  }

  function drop({ items }: Batch, reason: LaneDrop | undefined, status: number | undefined): void {
    if (!reason) return;
    queue.forget(items);
    options.onDropped(items, reason, status);
  }

  function retryAsideNow(): void {
    for (const batch of aside) batch.retryAt = 0;
  }

  function releaseStalled(): void {
    for (const flight of [...inFlight]) {
      if (monotonicNow() <= flight.deadAt) continue;
      land(flight);
      aside.push({ ...flight.batch, isNew: false });
      options.onRetry(undefined);
    }
  }

  /** Returns the next time at which something becomes due, or a request counts as dead. */
  function dueAt(now: number): number {
    // When requests end, they start what is due; this is for requests that never end.
    const dead = inFlight.map(({ deadAt }) => deadAt + 1);
    if (!outage.isDown) {
      return Math.min(...dead, ...aside.map(({ retryAt }) => retryAt).filter((retryAt) => retryAt > now));
    }
    return Math.min(...dead, dead.length === 0 && (aside.length > 0 || queue.isDue()) ? outage.resumeAt : NEVER);
  }

  return {
    send(by) {
      if (isStopped) return NEVER;
      const now = monotonicNow();
      releaseStalled();
      for (let batch = next(); batch; batch = next()) void send(batch, by);
      return dueAt(now);
    },
    hasRoom,
    isPending(upTo, me) {
      const isOld = ({ items }: Batch) => isUpTo(items, upTo);
      return (
        !isStopped &&
        (queue.holds(upTo) || aside.some(isOld) || inFlight.some(({ batch, by }) => by === me || isOld(batch)))
      );
    },
    retryNow() {
      if (outage.isAsked) return;
      outage.resumeAt = 0;
      retryAsideNow();
    },
    handOver(offer) {
      const hand = (batch: Batch): void => {
        const answer = offer(batch);
        if (answer === 'taken') deliver(batch.items);
        else if (answer === 'request') void send(batch, undefined, true);
        else if (answer === 'too-large' && batch.items.length > 1) halve(batch).forEach(hand);
        else aside.push(batch);
      };
      queue.seal();
      aside.splice(0).forEach(hand);
      for (let fresh = takeWaiting(); fresh; fresh = takeWaiting()) hand(fresh);
    },
    stop() {
      isStopped = true;
      for (const { controller } of inFlight) controller.abort();
    },
  };
}

/** Returns whether a response accepts a batch. HTML of any status comes from a captive portal or a login page. */
function isAccepted({ status, header }: HttpResponse): boolean {
  return classifyStatus(status) === 'success' && !/^text\/html/i.test(header('content-type') ?? '');
}
