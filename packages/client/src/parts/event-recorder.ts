/** Hands events to the event sink, which is foreign code, and counts what comes when the client is closed. */
import type { ConversionEvent, EventSink, ImpressionEvent } from '@sortition/core';
import { callPart } from '@sortition/core/internal';
import { randomUuid } from '@sortition/http';
import type { ClientCore } from '../client-core.ts';

/** Takes events on their way to the sink. Nothing of it throws. */
export interface EventRecorder {
  /** Whether an event has somewhere to go. Asked once per event: after close, each "no" is counted. */
  acceptsEvents(): boolean;
  /** A new `uuid`, made by the sink when it makes its own. */
  newEventId(): string;
  record(event: ImpressionEvent | ConversionEvent): void;
  /** Calls the sink; returns `undefined` when there is no sink or it fails. The first failure is reported. */
  callSink<T>(call: (sink: EventSink) => T, message: string): T | undefined;
}

/** @param sink `null` when there is no sink. */
export function createEventRecorder(client: ClientCore, sink: EventSink | null): EventRecorder {
  const { problems } = client;
  const callSink: EventRecorder['callSink'] = (call, message) =>
    sink
      ? callPart(
          () => call(sink),
          (cause) => problems.reportFirst({ code: 'event-sink-failed', part: 'events', message, cause }),
        )
      : undefined;
  return {
    callSink,
    acceptsEvents() {
      if (client.mayRecord()) return Boolean(sink);
      problems.reportFirst({
        code: 'event-after-close',
        part: 'events',
        message: 'An impression or conversion came after the client was closed and was ignored.',
      });
      return false;
    },
    newEventId() {
      const failure = 'The event sink could not make an id; a random UUID is used.';
      const id = callSink((own) => own.randomId?.(), failure);
      return typeof id === 'string' && id !== '' ? id : randomUuid();
    },
    record: (event) => void callSink((own) => own.record(event), 'The event sink failed; the event is lost.'),
  };
}
