/** Payloads for sinks of your own: the wire format, made safe for events that did not pass the batching sink. */
import { type RecordedEvent, readContext } from './batch-context.ts';
import { DEFAULT_LIMITS } from './batch-events-options.ts';
import type { EventBatch } from './event-batch.ts';
import { createEventFitter } from './fit-event.ts';
import { writeLetter } from './log-event.ts';

/**
 * Builds the payload of events that share a context: those of one config and one client. An event that cannot be JSON or
 * is too large is left out, as the batching sink does; an event that is too large by its user id alone is left out as a whole.
 *
 * @param events At least one; the first one's context is the batch's.
 */
export function buildEventBatch(events: readonly [RecordedEvent, ...RecordedEvent[]]): EventBatch {
  const fit = createEventFitter(DEFAULT_LIMITS);
  const context = readContext(events[0]);
  const texts = events.flatMap((event) => fit(event) ?? []).map(({ visitor: text }) => ({ text }));
  return writeLetter(undefined, context, texts).log.params;
}
