/** Hands impressions and conversions to the event sink, and counts what comes when there is no place for them any more. */
import type {
  ConversionEvent,
  EventSink,
  EventSinkHost,
  EventSinkReport,
  ImpressionEvent,
  LogEvent,
} from '@sortition/core';
import { randomUuid } from '@sortition/http';
import { callPart } from './call-part.ts';
import type { ProblemReporter } from './problem-reporter.ts';

/** The way of a client's events to its sink. */
export interface EventRecorder {
  /** Whether an event has somewhere to go. Asked once per event: after close, each "no" is counted. */
  accepts(): boolean;
  /** A new `uuid`, as the sink wants it. */
  newId(): string;
  /** Never throws. */
  record(event: ImpressionEvent | ConversionEvent): void;
  /** The request an event would be alone; `null` when the sink cannot tell. Never throws. */
  toLogEvent(event: ConversionEvent): LogEvent | null;
  /** From now on nothing is accepted. */
  stop(): void;
  /** Events that came after `stop`. */
  ignored(): number;
  report(): EventSinkReport;
}

const NO_EVENTS: EventSinkReport = { produced: 0, delivered: 0, dropped: 0, pending: 0, retries: 0 };

/**
 * Attaches the sink and creates the way to it.
 *
 * @param sink `null`: the application wants none; `undefined`: it may have been forgotten, which is said once.
 */
export function createEventRecorder(
  sink: EventSink | null | undefined,
  host: EventSinkHost,
  problems: ProblemReporter,
): EventRecorder {
  let isStopped = false;
  let ignored = 0;
  const fail = (message: string, cause: unknown): void =>
    problems.reportFirst({ code: 'event-sink-failed', part: 'events', message, cause });
  if (sink === undefined) {
    problems.report({
      code: 'no-event-sink',
      part: 'events',
      message:
        'The client has no event sink: impressions and conversions go nowhere. Pass "events: createBatchEvents()", or "events: null" if that is meant.',
    });
  }
  const call = <T>(what: (sink: EventSink) => T, failure: string): T | undefined =>
    sink
      ? callPart(
          () => what(sink),
          (cause) => fail(failure, cause),
        )
      : undefined;
  call((part) => part.attach?.(host), 'The event sink could not be attached.');
  return {
    accepts() {
      if (isStopped) {
        ignored += 1;
        problems.reportFirst({
          code: 'event-after-close',
          part: 'events',
          message: 'An impression or conversion came after the client was closed and was ignored.',
        });
        return false;
      }
      return sink !== undefined && sink !== null;
    },
    newId() {
      const id = call((part) => part.randomId?.(), 'The event sink could not make an id; a random UUID is used.');
      return typeof id === 'string' && id !== '' ? id : randomUuid();
    },
    record(event) {
      call((part) => part.record(event), 'The event sink failed; the event is lost.');
    },
    toLogEvent(event) {
      return call((part) => part.toLogEvent?.(event), 'The event sink could not show a request.') ?? null;
    },
    stop() {
      isStopped = true;
    },
    ignored: () => ignored,
    report() {
      return call((part) => part.stats?.(), 'The event sink has no counters to show.') ?? NO_EVENTS;
    },
  };
}
