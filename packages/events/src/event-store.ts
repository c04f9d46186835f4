/**
 * Stores for events that must survive the process or the page: the port.
 *
 * A store keeps events in the wire format, because the config they were decided with is gone by the time they are read.
 */
import type { BatchContext } from './batch-context.ts';

/** An event as it is stored: enough to send it without the config it came from. Plain JSON. */
export interface StoredEvent {
  readonly uuid: string;
  /** Milliseconds since the epoch; stores give up events that got too old. */
  readonly storedAt: number;
  readonly context: BatchContext;
  /** The event's part of a batch, as JSON. */
  readonly visitor: string;
}

/** Keeps events until they are delivered or given up. Methods may be synchronous or not, and may throw or reject. */
export interface EventStore {
  /** Keeps an event. When it returns, or resolves, the event survives. */
  add(event: StoredEvent): void | Promise<void>;
  /** Forgets events that were delivered or given up; unknown ids are not an error. */
  remove(uuids: readonly string[]): void | Promise<void>;
  /**
   * Takes over events whose owner is gone: at most `limit`, each only once. From then on they are this store's, and their
   * removal comes through `remove`.
   */
  takeLeft(limit: number): LeftEvents | Promise<LeftEvents>;
  /**
   * Reads events that this store keeps and that are not in memory any more, because the queue was full; those it does not
   * have are left out. Without it a full queue drops events.
   */
  readBack?(uuids: readonly string[]): readonly StoredEvent[] | Promise<readonly StoredEvent[]>;
  /** Gives up ownership, so that others may take over at once what is left. */
  close?(): void | Promise<void>;
}

/** What an owner left behind. */
export interface LeftEvents {
  readonly events: readonly StoredEvent[];
  /** Whether asking again at once may bring more. */
  readonly more: boolean;
  /** Entries that could not be read, or were too old, since the last time. */
  readonly lost: number;
}

/** Tells whether a value read from storage is a stored event that can be sent; the collector knows whether it is of use. */
export function isStoredEvent(value: unknown): value is StoredEvent {
  try {
    const { uuid, storedAt, context, visitor } = value as StoredEvent;
    const isText = [uuid, visitor, context.region].every((text) => typeof text === 'string');
    const isData = [context.envelope, JSON.parse(visitor)].every((data) => typeof data === 'object' && data !== null);
    // Contexts are compared as JSON later on.
    return isText && isData && typeof storedAt === 'number' && JSON.stringify(context) !== undefined;
  } catch {
    return false; // nothing at all, or not JSON
  }
}
