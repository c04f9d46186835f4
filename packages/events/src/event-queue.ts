/**
 * The queue: small records in batches, bounded by count and bytes. A batch is open while it grows, ready when it is full,
 * when its time is up or when an event of another context comes; payloads are built only when it is sent.
 */
import { type BatchContext, isSameContext, type RecordedEvent } from './batch-context.ts';

/** An event in the queue. */
export interface QueuedEvent {
  readonly uuid: string;
  /** Increases in the order of arrival. */
  readonly number: number;
  /** About what it takes. */
  readonly bytes: number;
  readonly context: BatchContext;
  /** The event, or its part of a batch as JSON when it was read from a store. */
  readonly source: RecordedEvent | string;
}

/** Events of one context that go together. */
export interface Batch {
  readonly events: readonly QueuedEvent[];
  /** Whether listeners were told of it. */
  readonly announced: boolean;
}

/** Sizes of the queue. */
export interface QueueLimits {
  /** Events per batch. */
  readonly batchSize: number;
  readonly maxQueueSize: number;
  readonly maxQueueBytes: number;
}

/** See the file. */
export interface EventQueue {
  hasRoom(bytes: number): boolean;
  add(event: Omit<QueuedEvent, 'number'>): void;
  /** Makes the open batch ready. */
  seal(): void;
  /**
   * Takes the next ready batch; it still counts until it is settled or put back.
   *
   * @param merge Joins ready batches of one context, to catch up after an outage.
   */
  next(merge: boolean): Batch | undefined;
  /** Returns batches that were taken, to the front. */
  putBack(...batches: readonly Batch[]): void;
  /** Forgets the events of a batch that was taken. */
  settle(batch: Batch): void;
  /** Events in the queue, those taken included. */
  readonly count: number;
  /** About what they take. */
  readonly bytes: number;
  /** Events in the open batch. */
  readonly openCount: number;
  readonly hasReady: boolean;
  /** Number of the newest event. */
  readonly lastNumber: number;
}

/** A batch is ready when it has this much, so that a request stays of a size that servers take. */
const MAX_BATCH_BYTES = 1_048_576;
/** Batches joined to catch up are at most this many times as large. */
const MERGE_FACTOR = 10;

/** Creates an empty queue. */
export function createEventQueue({ batchSize, maxQueueSize, maxQueueBytes }: QueueLimits): EventQueue {
  let open: QueuedEvent[] = [];
  let openBytes = 0;
  const ready: Batch[] = [];
  let count = 0;
  let bytes = 0;
  let lastNumber = 0;

  function seal(): void {
    if (open.length === 0) return;
    ready.push({ events: open, announced: false });
    open = [];
    openBytes = 0;
  }

  return {
    hasRoom: (more) => count < maxQueueSize && bytes + more <= maxQueueBytes,
    add(event) {
      const [first] = open;
      if (first && (!isSameContext(first.context, event.context) || openBytes + event.bytes > MAX_BATCH_BYTES)) seal();
      lastNumber += 1;
      const { uuid, context, source } = event;
      open.push({ uuid, number: lastNumber, bytes: event.bytes, context, source });
      openBytes += event.bytes;
      count += 1;
      bytes += event.bytes;
      if (open.length >= batchSize) seal();
    },
    seal,
    next(merge) {
      if (!merge) return ready.shift();
      const taken = countMergeable(ready, batchSize * MERGE_FACTOR);
      const [first, ...others] = ready.splice(0, taken);
      if (first === undefined || others.length === 0) return first;
      return { events: [first, ...others].flatMap(({ events }) => events), announced: false };
    },
    putBack(...batches) {
      ready.unshift(...batches);
    },
    settle(batch) {
      count -= batch.events.length;
      for (const event of batch.events) bytes -= event.bytes;
    },
    get count() {
      return count;
    },
    get bytes() {
      return bytes;
    },
    get openCount() {
      return open.length;
    },
    get hasReady() {
      return ready.length > 0;
    },
    get lastNumber() {
      return lastNumber;
    },
  };
}

/** How many of the first batches may go in one request; at least one. */
function countMergeable(ready: readonly Batch[], maxEvents: number): number {
  let taken = 0;
  let events = 0;
  let bytes = 0;
  const context = ready[0]?.events[0]?.context;
  for (const batch of ready) {
    events += batch.events.length;
    for (const event of batch.events) bytes += event.bytes;
    const joins = events <= maxEvents && bytes <= MAX_BATCH_BYTES;
    const first = batch.events[0];
    if (taken > 0 && !(joins && context && first && isSameContext(context, first.context))) break;
    taken += 1;
  }
  return taken;
}
