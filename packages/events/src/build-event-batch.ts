/** Payloads for your own sinks: the wire format, made safe for events that the batching sink has not checked. */
import { type RecordedEvent, readContext } from './batch-context.ts';
import { DEFAULT_LIMITS } from './batch-events-options.ts';
import type { EventBatch } from './event-batch.ts';
import { createEventFitter } from './fit-event.ts';
import { writeBatch } from './log-event.ts';

/**
 * Builds the payload of events that share a context: those of one config and one client. Values that are not JSON or
 * too large are left out, as in the batching sink; an event whose user id alone is too large is left out.
 *
 * @param events At least one; the first one's context is the batch's.
 */
export function buildEventBatch(events: readonly [RecordedEvent, ...RecordedEvent[]]): EventBatch {
  const fit = createEventFitter(DEFAULT_LIMITS);
  const context = readContext(events[0]);
  const texts = events.flatMap((event) => fit(event) ?? []).map(({ visitor: text }) => ({ text }));
  return writeBatch(undefined, context, texts).log.params;
}
