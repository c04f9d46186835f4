/**
 * Where collected events are kept. The memory store loses its events on exit; a database can implement the same
 * interface.
 */
import type { CollectedEvent } from './event-batch.ts';

/** A batch that was accepted, with the bytes it arrived in. */
export interface CollectedBatch {
  /** Milliseconds since the epoch, by the collector's clock. */
  readonly receivedAt: number;
  readonly raw: Uint8Array;
  readonly events: readonly CollectedEvent[];
}

/** Keeps events once per uuid. */
export interface EventStore {
  /** Resolves with the new events once they are stored; the collector responds only then. */
  append(batch: CollectedBatch): readonly CollectedEvent[] | Promise<readonly CollectedEvent[]>;
  close?(): void | Promise<void>;
}

/** A store whose contents can be read back directly. */
export interface MemoryEventStore extends EventStore {
  /** By uuid, in order of arrival. */
  readonly events: ReadonlyMap<string, CollectedEvent>;
  /** Batches as they arrived, within `maxRawBytes`, oldest first. */
  readonly batches: readonly CollectedBatch[];
  clear(): void;
}

/**
 * Creates a store in memory.
 *
 * @param options.maxEvents Above it the oldest events go; 1,000,000 by default.
 * @param options.maxRawBytes Above it the oldest batches go; 64 MiB by default.
 */
export function createMemoryEventStore(
  options: { readonly maxEvents?: number; readonly maxRawBytes?: number } = {},
): MemoryEventStore {
  const { maxEvents = 1_000_000, maxRawBytes = 64 * 2 ** 20 } = options;
  const events = new Map<string, CollectedEvent>();
  let batches: CollectedBatch[] = [];
  let rawBytes = 0;
  return {
    events,
    get batches() {
      return batches;
    },
    append(batch) {
      batches.push(batch);
      rawBytes += batch.raw.byteLength;
      while (rawBytes > maxRawBytes) rawBytes -= batches.shift()?.raw.byteLength ?? rawBytes;
      const fresh: CollectedEvent[] = [];
      for (const event of batch.events) {
        if (events.has(event.uuid)) continue;
        events.set(event.uuid, event);
        fresh.push(event);
      }
      for (const uuid of events.keys()) {
        if (events.size <= maxEvents) break;
        events.delete(uuid);
      }
      return fresh;
    },
    clear() {
      events.clear();
      batches = [];
      rawBytes = 0;
    },
  };
}
