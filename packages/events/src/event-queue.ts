/**
 * The queue: events as they were written, in batches, bounded by count and bytes. A batch is open while it grows, ready when
 * it is full, when its time is up or when an event of another context comes.
 */
import { type BatchContext, isSameContext } from './batch-context.ts';

/** An event in the queue. */
export interface QueuedEvent {
  readonly uuid: string;
  /** Increases in the order of arrival. */
  readonly number: number;
  /** Its part of a batch, as JSON; a character is counted as a byte. */
  readonly visitor: string;
}

/** Events of one context that go together. */
export interface Batch {
  readonly context: BatchContext;
  /** At least one. */
  readonly events: readonly QueuedEvent[];
  /** About what they take. */
  readonly bytes: number;
  /** Listeners were told of it. */
  readonly announced?: true;
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
  add(context: BatchContext, event: QueuedEvent): void;
  /** Makes the open batch ready. */
  seal(): void;
  /**
   * Takes the next ready batch.
   *
   * @param merge Joins ready batches of one context, to catch up after an outage.
   */
  next(merge: boolean): Batch | undefined;
  /** Forgets the events of a batch that was taken. */
  settle(batch: Batch): void;
  /** The batch that grows. */
  readonly open: Batch | undefined;
  /** In order. One that is taken out still counts until it is settled or put back. */
  readonly ready: Batch[];
  /** Events in the queue. */
  readonly count: number;
  /** About what they take. */
  readonly bytes: number;
}

/** A batch is ready when it has this much, so that a request stays of a size that servers take. */
const MAX_BATCH_BYTES = 1_048_576;
/** Batches joined to catch up are at most this many times as large. */
const MERGE_FACTOR = 10;

/** Creates an empty queue. */
export function createEventQueue({ batchSize, maxQueueSize, maxQueueBytes }: QueueLimits): EventQueue {
  let open: { readonly context: BatchContext; readonly events: QueuedEvent[]; bytes: number } | undefined;
  const ready: Batch[] = [];
  let count = 0;
  let bytes = 0;

  function seal(): void {
    if (open) ready.push(open);
    open = undefined;
  }

  return {
    hasRoom: (more) => count < maxQueueSize && bytes + more <= maxQueueBytes,
    add(context, event) {
      const { visitor } = event;
      if (open && (!isSameContext(open.context, context) || open.bytes + visitor.length > MAX_BATCH_BYTES)) seal();
      open ??= { context, events: [], bytes: 0 };
      open.events.push(event);
      open.bytes += visitor.length;
      count += 1;
      bytes += visitor.length;
      if (open.events.length >= batchSize) seal();
    },
    seal,
    next(merge) {
      let batch = ready.shift();
      for (let [other] = ready; merge && batch && other; [other] = ready) {
        const joined = createBatch(batch.context, [...batch.events, ...other.events]);
        const fits = joined.events.length <= batchSize * MERGE_FACTOR && joined.bytes <= MAX_BATCH_BYTES;
        if (!fits || !isSameContext(batch.context, other.context)) break;
        batch = joined;
        ready.shift();
      }
      return batch;
    },
    settle(batch) {
      count -= batch.events.length;
      bytes -= batch.bytes;
    },
    ready,
    get open() {
      return open;
    },
    get count() {
      return count;
    },
    get bytes() {
      return bytes;
    },
  };
}

function createBatch(context: BatchContext, events: readonly QueuedEvent[]): Batch {
  return { context, events, bytes: events.reduce((sum, { visitor }) => sum + visitor.length, 0) };
}

/** The two halves of a batch, to be sent where the whole is too large. */
export function halveBatch({ context, events }: Batch): [Batch, Batch] {
  const middle = Math.ceil(events.length / 2);
  return [createBatch(context, events.slice(0, middle)), createBatch(context, events.slice(middle))];
}
