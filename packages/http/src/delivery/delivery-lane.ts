/**
 * A delivery lane: a queue with one destination, which accepts items in batches, at least once each.
 *
 * Batches grow with what waits, and so does the number of requests under way, within a bound of bytes and what the
 * destination turned out to take. Failures are of two kinds, and which one it is shows by what else is accepted meanwhile:
 *
 * - of the destination: nothing is accepted. Everything waits, and one small request at a time tries again.
 * - of a batch: others are accepted. The batch is set aside, tried again, halved when it fails again, and so on down to the
 *   item that is at fault, which is given up after a number of attempts. The others go on.
 *
 * Requests, timers and promises belong to the call that starts them, because edge runtimes end them with the request they
 * serve: whoever waits does so with a timer of its own, and work that never ended is taken for dead and done again.
 */
import { monotonicNow, startTimer } from '../clock.ts';
import type { HttpResponse } from '../response.ts';
import { backoffMs } from '../retry.ts';
import { retryAfterMs } from '../retry-after.ts';
import { classifyStatus } from '../status.ts';
import { createLaneQueue, type LaneItem } from './lane-queue.ts';

/** Items that are sent together. */
export interface LaneBatch<Context, Item extends LaneItem> {
  readonly context: Context;
  /** At least one. */
  readonly items: readonly Item[];
  /** Whether none of it was sent before. */
  readonly isNew: boolean;
}

/** Why an item was given up by a lane. */
export type LaneDrop = 'refused' | 'too-large';

/** What a lane needs. */
export interface LaneOptions<Context, Item extends LaneItem> {
  /** Items that are sent at once. A request takes more, up to a hundred times as many, when more are waiting. */
  readonly batchSize: number;
  /** Longest wait for a batch to fill, in ms. */
  readonly flushIntervalMs: number;
  /** Total for one request, in ms, as `send` keeps it. */
  readonly requestTimeoutMs: number;
  /** Whether items of two contexts may share a request. */
  readonly isSameContext: (one: Context, other: Context) => boolean;
  /** Sends a batch and resolves with the answer, whatever its status; rejects when there is none. */
  readonly send: (
    batch: LaneBatch<Context, Item>,
    exchange: { readonly signal: AbortSignal; readonly keepalive: boolean },
  ) => Promise<HttpResponse>;
  /** Told of items that are over and done with. */
  readonly onDelivered: (items: readonly Item[]) => void;
  readonly onDropped: (items: readonly Item[], reason: LaneDrop, status: number | undefined) => void;
  /** Told of each request that has to be repeated, with a sentence of the cause unless it just never ended. */
  readonly onRetry: (why: string | undefined, cause?: unknown) => void;
  /** Where a runtime has to be told of work under way; `undefined` where it goes on by itself. Asked at each use. */
  readonly waitUntil: () => ((work: Promise<unknown>) => void) | undefined;
}

/** See the file. */
export interface DeliveryLane<Context, Item extends LaneItem> {
  /** Queues an item and sends what may be sent. Never throws. */
  add(context: Context, item: Item): void;
  /**
   * Sends what is queued; resolves when everything that was queued before is settled, at the latest after `timeoutMs`, or
   * after so many failures in a row. Never rejects; keeps the process alive.
   */
  flush(timeoutMs: number, attempts?: number): Promise<void>;
  /**
   * Offers everything that is not under way, in batches for which `fits` is true or that hold a single item: `taken` counts
   * as delivered, `request` sends it as a request that outlives the page, `kept` leaves it in the queue.
   */
  handOver(
    fits: (batch: LaneBatch<Context, Item>) => boolean,
    offer: (batch: LaneBatch<Context, Item>) => 'taken' | 'request' | 'kept',
  ): void;
  /** Ends requests under way and sends no more. */
  stop(): void;
  /** Items that are not settled. */
  readonly count: number;
  /** About how many bytes they take. */
  readonly bytes: number;
}

/** A batch with what is known of it. */
interface Tried<Context, Item extends LaneItem> extends LaneBatch<Context, Item> {
  readonly failures: number;
  /** When it failed first, on the monotonic clock, and how many requests had been accepted by then. */
  readonly since: number;
  readonly acceptedBefore: number;
  /** Set aside until then. */
  readonly retryAt: number;
  /** What it is a half of. */
  readonly whole?: { readonly size: number; accepted: number } | undefined;
}

/** A request under way. */
interface Flight<Batch> {
  readonly batch: Batch;
  readonly sentAt: number;
  /** Requests that were accepted before it was sent. */
  readonly accepted: number;
  readonly controller: AbortController;
}

const BACKOFF = { baseMs: 1_000, capMs: 60_000 };
const MIN_IN_FLIGHT = 2;
const MAX_IN_FLIGHT = 8;
/** A request takes at most this many times `batchSize` items, and about this many bytes. */
const GROWTH = 100;
const MAX_BATCH_CHARS = 512 * 1_024;
/** How long it is remembered that the destination takes no larger requests. */
const CEILING_MS = 600_000;
/** An item that fails alone while others are accepted is given up after this many attempts, not before this time. */
const GIVE_UP_ATTEMPTS = 10;
const GIVE_UP_MS = 300_000;
/** Refusals (4xx) may pass: a wrong key, a login page. What is refused is kept for this long though nothing is accepted. */
const REFUSED_MS = 3_600_000;
/** The destination is taken to fail when nothing was accepted for this long, or after so many failures in a row. */
const SILENT_MS = 10_000;
const FAILURES_OF_DESTINATION = 5;
/** A request without any outcome for this long after its deadline died with what started it. */
const STALLED_MS = 5_000;
/** Where work is handed over, the end of the request is near: batches are not waited for longer. */
const HAND_OVER_DELAY_MS = 50;
const HAND_OVER_TIMEOUT_MS = 15_000;
/** A timer that is late by this much died with what started it. */
const LATE_MS = 1_000;
/** How often a flush looks whether it is done. */
const LOOK_MS = 20;

/** Creates an empty lane. Nothing happens before the first item. */
export function createDeliveryLane<Context, Item extends LaneItem>(
  options: LaneOptions<Context, Item>,
): DeliveryLane<Context, Item> {
  type Batch = Tried<Context, Item>;
  const { batchSize, flushIntervalMs } = options;
  const waiting = createLaneQueue<Context, Item>(options.isSameContext);
  /**
   * Requests under way. A list and no `Map`: one that is filled and emptied all the time leaves its former tables behind, each
   * of which keeps the next and the items in it from being freed until the whole heap is collected.
   */
  const inFlight: Flight<Batch>[] = [];
  let aside: Batch[] = [];
  const flushes = new Set<{ readonly upTo: number; pending: number }>();
  const timers = new Set<() => void>();
  let count = 0;
  let bytes = 0;
  let lastNumber = 0;
  /** Items up to this number are not waited for any longer. */
  let sealedUpTo = 0;
  /** When the oldest item that may still wait came. */
  let openSince = Number.POSITIVE_INFINITY;
  /** Items per request: doubled by each full one that is accepted, halved by each that fails; below `batchSize` only in an outage. */
  let size = batchSize;
  let ceiling = { size: batchSize * GROWTH, until: 0 };
  /** Items in the largest request that was accepted since the destination failed last. */
  let largest = 0;
  /** Requests that were accepted, ever. */
  let accepted = 0;
  let acceptedAt = Number.NEGATIVE_INFINITY;
  /** Failures in a row, and ever. */
  let failures = 0;
  let failed = 0;
  /** Whether the destination, not a batch, is taken to fail. */
  let isDown = false;
  let resumeAt = 0;
  let askedToWait = false;
  let timerAt = Number.POSITIVE_INFINITY;
  let handedUntil = 0;
  let isStopped = false;

  function takeBounds() {
    return {
      fullAt: batchSize,
      sealedUpTo,
      maxItems: Math.min(size, ceiling.size),
      maxChars: MAX_BATCH_CHARS,
    };
  }

  function mostInFlight(): number {
    return isDown ? 1 : Math.min(MAX_IN_FLIGHT, MIN_IN_FLIGHT + Math.floor(count / (4 * batchSize)));
  }

  /** The next batch that may be sent now. */
  function next(): Batch | undefined {
    const now = monotonicNow();
    const most = mostInFlight();
    if (isStopped || inFlight.length >= most || now < resumeAt) return undefined;
    // Half of the requests are kept for what is new, however much failed before.
    const again = inFlight.filter(({ batch }) => batch.failures > 0).length;
    const tried = isDown || again >= most / 2 ? undefined : takeAside(({ retryAt }) => retryAt <= now);
    const fresh = tried ? undefined : waiting.take(takeBounds());
    if (waiting.count === 0) openSince = Number.POSITIVE_INFINITY;
    if (fresh) return { ...fresh, isNew: true, failures: 0, since: now, acceptedBefore: accepted, retryAt: 0 };
    // While nothing is accepted, any batch is as good as another to find out whether something is.
    return tried ?? (isDown ? takeAside(() => true) : undefined);
  }

  function takeAside(isWanted: (batch: Batch) => boolean): Batch | undefined {
    const index = aside.findIndex(isWanted);
    return index < 0 ? undefined : aside.splice(index, 1)[0];
  }

  /** Whether what is started here goes on by itself, and does not end with the request that is being served. */
  function goesOn(): boolean {
    return !options.waitUntil() && !isWorker();
  }

  /** Sends what may be sent. @param started Gets the promises of the requests, which belong to the caller's request. */
  function work(started?: Set<unknown>): void {
    releaseStalled();
    for (let batch = next(); batch !== undefined; batch = next()) {
      const exchange = send(batch).then(() => {
        started?.delete(exchange);
        // Elsewhere the flush that waits for this request looks what else there is to do.
        if (goesOn()) work();
      });
      started?.add(exchange);
    }
    schedule();
  }

  async function send(batch: Batch, keepalive = false): Promise<void> {
    const controller = new AbortController();
    const flight = { batch, sentAt: monotonicNow(), accepted, controller };
    inFlight.push(flight);
    let response: HttpResponse | undefined;
    let failure: unknown;
    try {
      response = await options.send(batch, { signal: controller.signal, keepalive });
    } catch (cause) {
      failure = cause;
    }
    const index = inFlight.indexOf(flight);
    // Otherwise it was taken for dead, and is sent again.
    if (index < 0) return;
    inFlight.splice(index, 1);
    if (response && isAccepted(response)) accept(batch);
    else if (isStopped) aside.push(batch);
    else if (response?.status === 413) split(batch, 413);
    else fail(batch, response, failure, accepted > flight.accepted);
  }

  function accept(batch: Batch): void {
    const { items, whole } = batch;
    accepted += 1;
    acceptedAt = monotonicNow();
    largest = Math.max(largest, items.length);
    if (whole && ++whole.accepted === 2 && whole.size > largest) {
      // Both halves of what was refused are accepted, and nothing as large ever was: it was too large.
      ceiling = { size: Math.max(1, Math.ceil(whole.size / 2)), until: monotonicNow() + CEILING_MS };
    } else if (ceiling.until > 0 && ceiling.until < monotonicNow()) {
      ceiling = { size: batchSize * GROWTH, until: 0 };
    }
    if (items.length >= size && !whole) size = Math.min(size * 2, batchSize * GROWTH);
    // After an outage everything that failed in it goes again at once.
    if (isDown) {
      aside = aside.map((each) => ({ ...each, retryAt: 0 }));
      size = Math.max(size, batchSize);
    }
    failures = 0;
    isDown = false;
    resumeAt = 0;
    askedToWait = false;
    forget(items);
    options.onDelivered(items);
  }

  function fail(batch: Batch, response: HttpResponse | undefined, cause: unknown, othersPassed: boolean): void {
    const now = monotonicNow();
    const { status } = response ?? {};
    const why = status === undefined ? String(Object(cause).message) : `The answer had status ${status}.`;
    const asked = response ? retryAfterMs(response) : null;
    const isFirst = batch.failures === 0;
    const again: Batch = {
      ...batch,
      isNew: false,
      failures: batch.failures + 1,
      since: isFirst ? now : batch.since,
      acceptedBefore: isFirst ? accepted - (othersPassed ? 1 : 0) : batch.acceptedBefore,
      retryAt: now + backoffMs(BACKOFF, batch.failures + 1, asked),
    };
    failed += 1;
    size = Math.max(isDown ? 1 : batchSize, Math.floor(size / 2));
    options.onRetry(why, cause);
    const isAtFault = accepted > again.acceptedBefore;
    // A batch that fails again while others are accepted says nothing about the destination.
    if (isFirst || !isAtFault) failures += 1;
    const isSilent = now - acceptedAt > SILENT_MS;
    if (isDown || asked !== null || failures >= FAILURES_OF_DESTINATION || (isFirst && !othersPassed && isSilent)) {
      isDown = true;
      size = Math.min(size, batchSize);
      largest = 0;
      resumeAt = now + backoffMs(BACKOFF, Math.max(failures, 1), asked);
      askedToWait = asked !== null;
    }
    const isRefused = status !== undefined && ['denied', 'refused'].includes(classifyStatus(status));
    if (isOver(again, now, isRefused, isAtFault)) drop(again, 'refused', status);
    else if (batch.items.length > 1 && (isAtFault ? again.failures > 1 : again.failures % 3 === 0))
      split(again, status);
    else aside.push(again);
  }

  function isOver({ failures: attempts, since, items }: Batch, now: number, isRefused: boolean, isAtFault: boolean) {
    if (isRefused && now - since >= REFUSED_MS) return true;
    return isAtFault && items.length === 1 && attempts >= GIVE_UP_ATTEMPTS && now - since >= GIVE_UP_MS;
  }

  function split(batch: Batch, status: number | undefined): void {
    const { items, failures: attempts } = batch;
    if (items.length === 1) {
      drop(batch, 'too-large', status);
      return;
    }
    const middle = Math.ceil(items.length / 2);
    const whole = { size: items.length, accepted: 0 };
    const half = { ...batch, isNew: false, failures: Math.min(attempts, 1), retryAt: 0, whole };
    aside.unshift({ ...half, items: items.slice(0, middle) }, { ...half, items: items.slice(middle) });
  }

  function drop({ items }: Batch, reason: LaneDrop, status: number | undefined): void {
    forget(items);
    options.onDropped(items, reason, status);
  }

  function forget(items: readonly Item[]): void {
    count -= items.length;
    for (const { text } of items) bytes -= text.length;
    for (const flush of flushes) for (const { number } of items) if (number <= flush.upTo) flush.pending -= 1;
  }

  function releaseStalled(): void {
    const deadline = monotonicNow() - options.requestTimeoutMs - STALLED_MS;
    for (const flight of [...inFlight]) {
      const { batch, sentAt } = flight;
      if (sentAt >= deadline) continue;
      inFlight.splice(inFlight.indexOf(flight), 1);
      aside.push({ ...batch, isNew: false });
      options.onRetry(undefined);
    }
  }

  function seal(): void {
    sealedUpTo = lastNumber;
    openSince = Number.POSITIVE_INFINITY;
  }

  /** Sets the timer for what comes next, unless whoever was handed the work looks after it. */
  function schedule(): void {
    if (isStopped || options.waitUntil() || count === 0) return;
    const now = monotonicNow();
    let at = openSince + flushIntervalMs;
    // Requests under way begin what may be sent by then when they end; what matters here is that some may never end.
    for (const { sentAt } of inFlight) at = Math.min(at, sentAt + options.requestTimeoutMs + STALLED_MS + 1);
    if (isDown && inFlight.length === 0 && (aside.length > 0 || waiting.isDue(takeBounds())))
      at = Math.min(at, resumeAt);
    if (!isDown)
      for (const { retryAt } of aside) if (inFlight.length === 0 || retryAt > now) at = Math.min(at, retryAt);
    if (at === Number.POSITIVE_INFINITY || (timerAt <= at && timerAt > now - LATE_MS)) return;
    timerAt = at;
    const cancel = startTimer(() => {
      timers.delete(cancel);
      timerAt = Number.POSITIVE_INFINITY;
      if (monotonicNow() >= openSince + flushIntervalMs) seal();
      work();
    }, at - now);
    timers.add(cancel);
  }

  /** Gives the runtime a promise for what is queued, once per burst of items. */
  function handOver(waitUntil: (work: Promise<unknown>) => void): void {
    const now = monotonicNow();
    if (now < handedUntil) return;
    const delayMs = Math.min(flushIntervalMs, HAND_OVER_DELAY_MS);
    handedUntil = now + delayMs + LATE_MS;
    waitUntil(
      sleep(delayMs).then(() => {
        handedUntil = 0;
        return flush(HAND_OVER_TIMEOUT_MS);
      }),
    );
  }

  async function flush(timeoutMs: number, attempts = Number.POSITIVE_INFINITY): Promise<void> {
    const until = monotonicNow() + Math.max(timeoutMs || 0, 0);
    const failedBefore = failed;
    const mine = new Set<unknown>();
    const watched = { upTo: lastNumber, pending: count };
    flushes.add(watched);
    seal();
    if (!askedToWait) {
      resumeAt = 0;
      aside = aside.map((batch) => ({ ...batch, retryAt: 0 }));
    }
    for (work(mine); (watched.pending > 0 || mine.size > 0) && !isStopped; work(mine)) {
      const leftMs = until - monotonicNow();
      if (leftMs <= 0 || failed - failedBefore >= attempts) break;
      // A promise of another request may never settle here, so each flush looks by itself.
      await sleep(Math.min(LOOK_MS, leftMs));
    }
    flushes.delete(watched);
  }

  return {
    add(context, item) {
      waiting.add(context, item);
      count += 1;
      bytes += item.text.length;
      lastNumber = item.number;
      const now = monotonicNow();
      const isFirst = openSince === Number.POSITIVE_INFINITY;
      if (isFirst) openSince = now;
      const waitUntil = options.waitUntil();
      if (waitUntil) handOver(waitUntil);
      else if (inFlight.length < mostInFlight() && waiting.isDue(takeBounds())) work();
      else if (isFirst || timerAt < now - LATE_MS) schedule();
    },
    flush,
    handOver(fits, offer) {
      seal();
      const all: Batch[] = aside.splice(0);
      const cut = (batch: Batch): readonly Batch[] => {
        if (batch.items.length === 1 || fits(batch)) return [batch];
        const middle = Math.ceil(batch.items.length / 2);
        const [one, other] = [batch.items.slice(0, middle), batch.items.slice(middle)];
        return [...cut({ ...batch, items: one }), ...cut({ ...batch, items: other })];
      };
      for (let fresh = waiting.take(takeBounds()); fresh; fresh = waiting.take(takeBounds())) {
        all.push({ ...fresh, isNew: true, failures: 0, since: 0, acceptedBefore: accepted, retryAt: 0 });
      }
      for (const batch of all.flatMap(cut)) {
        const answer = offer(batch);
        if (answer === 'kept') aside.push(batch);
        else if (answer === 'request') void send(batch, true).then(() => work());
        else {
          forget(batch.items);
          options.onDelivered(batch.items);
        }
      }
    },
    stop() {
      isStopped = true;
      for (const cancel of timers) cancel();
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
