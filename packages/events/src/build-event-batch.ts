/** Payloads for sinks of your own: the wire format, made safe for events that did not pass the batching sink. */
import { type RecordedEvent, readContext } from './batch-context.ts';
import { createVisitorBuilder, type EventBatch, wrapVisitors } from './event-batch.ts';
import { createEventFitter, type EventLimits } from './fit-event.ts';

/**
 * Builds the payload of events that share a context: those of one config and one client. What is no JSON or too large is left
 * out, as the batching sink does; an event that is too large by its user id alone is left out as a whole.
 *
 * @param events At least one; the first one's context is the batch's.
 */
export function buildEventBatch(events: readonly [RecordedEvent, ...RecordedEvent[]]): EventBatch {
  const fit = createEventFitter(DEFAULT_LIMITS);
  const build = createVisitorBuilder();
  const visitors = events.flatMap((event) => {
    const fitted = fit(event);
    return fitted === null ? [] : [build(fitted.event)];
  });
  return wrapVisitors(readContext(events[0]), visitors);
}

/** Those of the batching sink, in bytes. */
export const DEFAULT_LIMITS: EventLimits = { maxValueBytes: 65_536, maxEventBytes: 262_144 };
