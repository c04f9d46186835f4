/**
 * ODP events: one lane per set of settings, bounds over all of them, and reports that add up: what was produced was
 * delivered, was dropped, or is pending.
 */
import { type DeliveryReport, type EventSinkReport, type OdpEvent, type Problem, SdkError } from '@sortition/core';
import { monotonicNow, withDeadline } from '@sortition/http';
import { createEventLane, type EventLane, type LaneTarget } from './odp-event-lane.ts';
import { type CommonEventData, serializeOdpEvent } from './odp-event-payload.ts';
import type { CheckedOdpOptions } from './odp-options.ts';

/** Queues and sends ODP events. */
export interface OdpEvents {
  /** @throws SdkError `invalid-option` on an event that cannot be sent. */
  send(event: OdpEvent): void;
  /** Changes the destination; `null`: there is none, and events are dropped. Before the first call events wait. */
  aim(target: LaneTarget | null): void;
  /** Sends what is queued, within `timeoutMs`. Never rejects. */
  flush(timeoutMs: number): Promise<DeliveryReport>;
  /** Flushes, then stops for good. */
  close(timeoutMs: number): Promise<DeliveryReport>;
  report(): EventSinkReport;
}

interface OdpEventsHost {
  readonly common: () => CommonEventData;
  readonly report: (problem: Problem) => void;
  readonly background: (work: Promise<unknown>) => void;
}

/** How long a lane whose settings are gone may take to empty. */
const OLD_LANE_TIMEOUT_MS = 30_000;

/** Creates the queue; sends nothing before it is aimed. */
export function createOdpEvents(options: CheckedOdpOptions, host: OdpEventsHost): OdpEvents {
  const counters = { produced: 0, delivered: 0, dropped: 0, retries: 0 };
  const oldLanes = new Set<EventLane>();
  let lane: EventLane | null = createLane();
  /** Whether events still wait for the first settings. */
  let isUnaimed = true;
  let lostAtClose: number | undefined;
  let overflowing = false;

  function createLane(target?: LaneTarget): EventLane {
    const { batchSize, flushIntervalMs, eventsTimeoutMs: timeoutMs, fetch } = options;
    return createEventLane({ batchSize, flushIntervalMs, timeoutMs, fetch, counters, ...host }, target);
  }

  function drop(code: string, message: string): void {
    counters.dropped += 1;
    host.report({ code, part: 'odp', message });
  }

  function send(event: OdpEvent): void {
    const text = serializeOdpEvent(event, host.common());
    counters.produced += 1;
    if (lostAtClose !== undefined) drop('odp-closed', 'An ODP event was dropped: ODP is closed.');
    else if (lane === null) drop('odp-not-integrated', 'An ODP event was dropped: ODP is not integrated.');
    else if (hasRoom(text)) {
      overflowing = false;
      lane.push(text);
    } else if (overflowing) {
      counters.dropped += 1;
    } else {
      overflowing = true;
      drop('odp-queue-full', `ODP events are dropped, newest first: ${pending()} are waiting already.`);
    }
  }

  function hasRoom(text: string): boolean {
    return pending() < options.maxQueueSize && pendingBytes() + text.length <= options.maxQueueBytes;
  }

  function aim(target: LaneTarget | null): void {
    const old = lane;
    const collected = isUnaimed ? old : null;
    isUnaimed = false;
    if (collected !== null && target !== null) {
      collected.aim(target);
      return;
    }
    lane = target && createLane(target);
    if (collected !== null) dropRest(collected, 'odp-not-integrated', 'ODP is not integrated');
    else if (old !== null && old.pending > 0) drain(old);
  }

  function drain(old: EventLane): void {
    oldLanes.add(old);
    host.background(
      old.flush(monotonicNow() + OLD_LANE_TIMEOUT_MS).then(() => {
        oldLanes.delete(old);
        dropRest(old, 'odp-events-lost', 'the ODP settings changed and the old platform did not take them');
      }),
    );
  }

  function dropRest(old: EventLane, code: string, why: string): void {
    const lost = old.abandon();
    if (lost === 0) return;
    counters.dropped += lost;
    host.report({ code, part: 'odp', message: `${lost} ODP events were dropped: ${why}.` });
  }

  function lanes(): EventLane[] {
    return lane === null ? [...oldLanes] : [...oldLanes, lane];
  }

  function pending(): number {
    return lostAtClose ?? lanes().reduce((sum, each) => sum + each.pending, 0);
  }

  function pendingBytes(): number {
    return lanes().reduce((sum, each) => sum + each.pendingBytes, 0);
  }

  function delivery(): DeliveryReport {
    return { delivered: counters.delivered, dropped: counters.dropped, pending: pending() };
  }

  async function flush(timeoutMs: number): Promise<DeliveryReport> {
    const until = monotonicNow() + timeoutMs;
    try {
      await withDeadline({ timeoutMs, what: 'Flushing ODP events' }, () =>
        Promise.all(lanes().map((each) => each.flush(until))),
      );
    } catch (error) {
      if (!(error instanceof SdkError)) throw error; // lanes never reject: only the deadline does
    }
    return delivery();
  }

  return {
    send,
    aim,
    flush,
    async close(timeoutMs) {
      await flush(timeoutMs);
      if (lostAtClose === undefined) {
        const lost = lanes().reduce((sum, each) => sum + each.abandon(), 0);
        lostAtClose = lost;
      }
      return delivery();
    },
    report: () => ({ ...counters, pending: pending() }),
  };
}
