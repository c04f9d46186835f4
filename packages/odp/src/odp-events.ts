/**
 * ODP events: one lane per set of settings, common limits, and consistent reports: `produced` is `delivered + dropped +
 * pending`.
 *
 * An event never changes lanes, so that users of one account are never sent to another account; when the settings
 * change, the old lane still sends its events to its own destination.
 */
import type { DeliveryReport, EventSinkReport, OdpEvent, Problem } from '@sortition/core';
import { createDeliveryLane, type DeliveryLane, type LaneItem, monotonicNow, request } from '@sortition/http';
import { type CommonEventData, serializeOdpEvent } from './odp-event-payload.ts';
import type { CheckedOdpOptions } from './odp-options.ts';

/** The destination of events. */
export interface OdpEventTarget {
  readonly origin: string;
  readonly apiKey: string;
}

/** Queues and sends ODP events. */
export interface OdpEvents {
  /** @throws SdkError `invalid-option` for an event that cannot be sent. */
  send(event: OdpEvent): void;
  /** Changes the destination; with `null` there is no destination, and events are dropped. Before the first call events wait. */
  aim(target: OdpEventTarget | null): void;
  /** Sends queued events, within `timeoutMs`. Never rejects. */
  flush(timeoutMs: number): Promise<DeliveryReport>;
  /** Flushes, then stops permanently. */
  close(timeoutMs: number): Promise<DeliveryReport>;
  report(): EventSinkReport;
}

interface OdpEventsHost {
  readonly common: () => CommonEventData;
  readonly report: (problem: Problem) => void;
  /** Returns the runtime's `waitUntil`, if it has one; read at each use. */
  readonly waitUntil: () => ((work: Promise<unknown>) => void) | undefined;
}

type Lane = DeliveryLane<OdpEventTarget, LaneItem>;

/** How long a lane with old settings may take to send its events, and how many failed requests it may make. */
const OLD_LANE_TIMEOUT_MS = 30_000;
const OLD_LANE_ATTEMPTS = 3;
const MAX_ANSWER_BYTES = 1_048_576;
/** Intermittent request failures, and single dropped events, are reported at most once in this time, in ms. */
const TELL_AGAIN_MS = 300_000;

/** Creates the queue; sends nothing before `aim` is called. */
export function createOdpEvents(options: CheckedOdpOptions, host: OdpEventsHost): OdpEvents {
  const { batchSize, flushIntervalMs, eventsTimeoutMs, maxQueueSize, maxQueueBytes, fetch } = options;
  const counters = { produced: 0, delivered: 0, dropped: 0, retries: 0 };
  /** Lanes with old settings, and the number of failed requests that each may still make. */
  const oldLanes = new Map<Lane, number>();
  /** Events that wait for the first settings; `undefined` after that. */
  let early: string[] | undefined = [];
  let earlyBytes = 0;
  let target: OdpEventTarget | null = null;
  let lane: Lane | null = null;
  let isClosed = false;
  let overflowing = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  let toldLostAt = Number.NEGATIVE_INFINITY;
  /** Number of dropped events that were not reported yet. */
  let untold = 0;

  function createLane(): Lane {
    const own: Lane = createDeliveryLane<OdpEventTarget, LaneItem>({
      batchSize,
      flushIntervalMs,
      requestTimeoutMs: eventsTimeoutMs,
      isSameContext: () => true,
      send: ({ context: { origin, apiKey }, items }, exchange) =>
        request({
          ...exchange,
          url: `${origin}/v3/events`,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
          body: `[${items.map(({ text }) => text).join(',')}]`,
          timeoutMs: eventsTimeoutMs,
          maxBytes: MAX_ANSWER_BYTES,
          maxRedirects: 0,
          fetch,
          secrets: [apiKey],
        }),
      onDelivered(items) {
        counters.delivered += items.length;
        if (pending() === 0) overflowing = false;
      },
      onDropped(items, reason, status) {
        counters.dropped += items.length;
        untold += items.length;
        if (monotonicNow() < toldLostAt + TELL_AGAIN_MS) return;
        toldLostAt = monotonicNow();
        const why = reason === 'too-large' ? 'are too large' : 'were refused';
        report('odp-events-refused', `${untold} ODP events ${why} (status ${status}) and are lost.`);
        untold = 0;
      },
      onRetry(why, cause) {
        counters.retries += 1;
        const left = (oldLanes.get(own) ?? 0) - 1;
        if (left === 0) own.stop();
        if (left > 0) oldLanes.set(own, left);
        if (why === undefined || monotonicNow() < toldAt + TELL_AGAIN_MS) return;
        toldAt = monotonicNow();
        report('odp-events-delayed', `ODP events could not be sent and are kept for another attempt. ${why}`, cause);
      },
      waitUntil: host.waitUntil,
    });
    return own;
  }

  function report(code: string, message: string, cause?: unknown): void {
    host.report({ code, part: 'odp', message, ...(cause !== undefined && { cause }) });
  }

  function drop(code: string, message: string): void {
    counters.dropped += 1;
    report(code, message);
  }

  function send(event: OdpEvent): void {
    const text = serializeOdpEvent(event, host.common());
    counters.produced += 1;
    if (isClosed) drop('odp-closed', 'An ODP event was dropped: ODP is closed.');
    else if (early === undefined && lane === null) {
      drop('odp-not-integrated', 'An ODP event was dropped: ODP is not integrated.');
    } else if (pending() < maxQueueSize && pendingBytes() + text.length <= maxQueueBytes) push(text);
    else if (overflowing) counters.dropped += 1;
    else {
      overflowing = true;
      drop('odp-queue-full', `ODP events are dropped, newest first: ${pending()} are waiting already.`);
    }
  }

  function push(text: string): void {
    if (lane !== null && target !== null) lane.add(target, { text, number: 0 });
    else {
      early?.push(text);
      earlyBytes += text.length;
    }
  }

  function aim(next: OdpEventTarget | null): void {
    const old = lane;
    const waiting = early ?? [];
    early = undefined;
    earlyBytes = 0;
    target = next;
    lane = next && createLane();
    if (next === null) loseRest(waiting.length, 'odp-not-integrated', 'ODP is not integrated');
    else for (const text of waiting) push(text);
    if (old !== null && old.count > 0) drain(old);
  }

  function drain(old: Lane): void {
    oldLanes.set(old, OLD_LANE_ATTEMPTS);
    const drained = old.flush(OLD_LANE_TIMEOUT_MS).then(() => {
      oldLanes.delete(old);
      old.stop();
      loseRest(old.count, 'odp-events-lost', 'the ODP settings changed and the old platform did not accept them');
    });
    host.waitUntil()?.(drained);
  }

  function loseRest(lost: number, code: string, why: string): void {
    if (lost === 0) return;
    counters.dropped += lost;
    report(code, `${lost} ODP events were dropped: ${why}.`);
  }

  function lanes(): Lane[] {
    return [...oldLanes.keys(), ...(lane === null ? [] : [lane])];
  }

  function pending(): number {
    return lanes().reduce((sum, each) => sum + each.count, early?.length ?? 0);
  }

  function pendingBytes(): number {
    return lanes().reduce((sum, each) => sum + each.bytes, earlyBytes);
  }

  async function flush(timeoutMs: number): Promise<DeliveryReport> {
    await Promise.all(lanes().map((each) => each.flush(timeoutMs)));
    return { delivered: counters.delivered, dropped: counters.dropped, pending: pending() };
  }

  return {
    send,
    aim,
    flush,
    async close(timeoutMs) {
      const done = isClosed ? 0 : timeoutMs;
      const delivery = await flush(done);
      isClosed = true;
      for (const each of lanes()) each.stop();
      return delivery;
    },
    report: () => ({ ...counters, pending: pending() }),
  };
}
