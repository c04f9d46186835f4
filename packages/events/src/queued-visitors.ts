/** Turns events of the queue into their part of a payload, whether they were recorded here or read from a store. */
import { type BatchVisitor, createVisitorBuilder } from './event-batch.ts';
import type { QueuedEvent } from './event-queue.ts';

/** Builds one visitor per event, in order. */
export function readVisitors(events: readonly QueuedEvent[]): readonly BatchVisitor[] {
  const build = createVisitorBuilder();
  return events.map(({ source }) =>
    typeof source === 'string' ? (JSON.parse(source) as BatchVisitor) : build(source),
  );
}
