/**
 * A delivery lane: a queue with one destination, to which items are sent in batches, at least once each. This module
 * decides when to send; `lane-queue.ts` has the waiting items, and `requests.ts` the requests.
 *
 * Edge runtimes end requests, timers and promises together with the request they serve. So each caller waits with its
 * own timer, and work that does not finish in time counts as dead and is done again.
 */
import { monotonicNow, startTimer } from '../clock.ts';
import type { DeliveryLane, LaneOptions } from './lane-options.ts';
import { createLaneQueue, type LaneItem, NEVER } from './lane-queue.ts';
import { createRequests } from './requests.ts';

/** With `waitUntil` the request ends soon, so a batch waits no longer than this. */
const HAND_OVER_DELAY_MS = 50;
const HAND_OVER_TIMEOUT_MS = 15_000;
/** A timer that is late by this much ended together with its request. */
const LATE_MS = 1_000;
/** How often a flush checks whether it is done. */
const LOOK_MS = 20;

/** Creates an empty lane. Nothing happens before the first item. */
export function createDeliveryLane<Context, Item extends LaneItem>(
  options: LaneOptions<Context, Item>,
): DeliveryLane<Context, Item> {
  const { flushIntervalMs, waitUntil } = options;
  const queue = createLaneQueue<Context, Item>(options.batchSize, options.isSameContext);
  const requests = createRequests(options, queue, () => {
    // In a runtime that ends background work with the request, the waiting flush continues the work instead.
    if (!waitUntil() && !isWorker()) work();
  });
  let cancelTimer: (() => void) | undefined;
  let timerAt = NEVER;
  let handedUntil = 0;

  /**
   * Sends what may be sent, and sets the timer for the next time unless work was passed to `waitUntil`.
   *
   * @param by The flush that starts these requests.
   */
  function work(by?: object): void {
    const at = Math.min(requests.send(by), queue.openSince + flushIntervalMs);
    const now = monotonicNow();
    if (waitUntil() || at === NEVER || (timerAt <= at && timerAt > now - LATE_MS)) return;
    timerAt = at;
    cancelTimer?.();
    cancelTimer = startTimer(() => {
      timerAt = NEVER;
      if (monotonicNow() >= queue.openSince + flushIntervalMs) queue.seal();
      work();
    }, at - now);
  }

  /** Passes the runtime a promise for the queued items, once per burst of items. */
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

  async function flush(timeoutMs: number): Promise<void> {
    const until = monotonicNow() + Math.max(timeoutMs || 0, 0);
    const me = {};
    const upTo = queue.seal();
    requests.retryNow();
    for (work(me); requests.isPending(upTo, me); work(me)) {
      const leftMs = until - monotonicNow();
      if (leftMs <= 0) break;
      // A promise of another request may never settle here, so each flush checks by itself.
      await sleep(Math.min(LOOK_MS, leftMs));
    }
  }

  return {
    add(context, item) {
      queue.add(context, item);
      const give = waitUntil();
      if (give) handToRuntime(give);
      else if (
        timerAt > queue.openSince + flushIntervalMs ||
        timerAt < monotonicNow() - LATE_MS ||
        (requests.hasRoom() && queue.isDue())
      )
        work();
    },
    flush,
    handOver(offer) {
      requests.handOver(offer);
      // Kept items do not wait for the timer: the next item sends them.
      timerAt = NEVER;
    },
    stop() {
      queue.seal();
      cancelTimer?.();
      requests.stop();
    },
    get count() {
      return queue.pending;
    },
    get bytes() {
      return queue.bytes;
    },
  };
}

/** Returns whether this is an isolate that ends background work with each request. */
function isWorker(): boolean {
  return (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === 'Cloudflare-Workers';
}

function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => startTimer(resolve, delayMs, true));
}
