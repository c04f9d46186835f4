/**
 * The port for stores of events that must survive the process or the page.
 *
 * A store keeps events in the wire format, because the config of their decisions is not available when they are read.
 */
import type { BatchContext } from './batch-context.ts';

/** An event as it is stored: enough to send it without its config. Plain JSON. */
export interface StoredEvent {
  readonly uuid: string;
  /** Milliseconds since the epoch; stores drop events that are too old. */
  readonly storedAt: number;
  readonly context: BatchContext;
  /** The event's part of a batch, as JSON. */
  readonly visitor: string;
}

/** Keeps events until they are delivered or dropped. Methods may be synchronous or not, and may throw or reject. */
export interface EventStore {
  /** Keeps an event. The event is safe when the method returns or its promise resolves. */
  add(event: StoredEvent): void | Promise<void>;
  /** Removes events that were delivered or dropped; unknown ids are not an error. */
  remove(uuids: readonly string[]): void | Promise<void>;
  /**
   * Takes over events whose owner is gone: at most `limit`, each only once. They then belong to this store and are
   * removed with `remove`.
   */
  takeLeft(limit: number): LeftEvents | Promise<LeftEvents>;
  /**
   * Reads events that are only in this store, because the queue was full; missing ones are left out. Without this
   * method a full queue drops events.
   */
  readBack?(uuids: readonly string[]): readonly StoredEvent[] | Promise<readonly StoredEvent[]>;
  /** Gives up ownership, so that other stores may take over the remaining events at once. */
  close?(): void | Promise<void>;
}

/** The events that an owner left. */
export interface LeftEvents {
  readonly events: readonly StoredEvent[];
  /** Whether another call may return more events at once. */
  readonly more: boolean;
  /** Entries that could not be read or were too old, since the last call. */
  readonly lost: number;
}

/** Returns whether a value from storage is a stored event that can be sent. Its content is checked by the collector. */
export function isStoredEvent(value: unknown): value is StoredEvent {
  try {
    const { uuid, storedAt, context, visitor } = value as StoredEvent;
    const isText = [uuid, visitor, context.region].every((text) => typeof text === 'string');
    const isData = [context.envelope, JSON.parse(visitor)].every((data) => typeof data === 'object' && data !== null);
    // Contexts are compared as JSON later.
    return isText && isData && typeof storedAt === 'number' && JSON.stringify(context) !== undefined;
  } catch {
    return false; // missing, or not JSON
  }
}
