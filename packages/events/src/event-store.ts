/**
 * Stores for events that must survive the process or the page: the port, and the guard around foreign ones.
 *
 * A store keeps events in the wire format, because the config they were decided with is gone by the time they are read.
 */
import { SdkError } from '@sortition/core';
import type { BatchContext } from './batch-context.ts';
import type { SinkHosts } from './sink-hosts.ts';

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
  /** Forgets events that were delivered or given up; unknown ids are no error. */
  remove(uuids: readonly string[]): void | Promise<void>;
  /**
   * Takes over events whose owner is gone: at most `limit`, each only once. From then on they are this store's, and their
   * removal comes through `remove`.
   */
  takeLeft(limit: number): LeftEvents | Promise<LeftEvents>;
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

/** A store that never throws. */
export interface GuardedStore {
  add(event: StoredEvent): void;
  remove(uuids: readonly string[]): void;
  takeLeft(limit: number): Promise<LeftEvents>;
  /** Closes the store when what was asked before is done. */
  close(): void;
}

/** A store that hangs must not make its callers pile up. */
const MAX_WAITING = 10_000;

/**
 * Wraps a store: failures are reported, and calls to one that answers promises happen one after the other, so that a
 * removal never overtakes the addition.
 */
export function guardStore(store: EventStore, hosts: SinkHosts): GuardedStore {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  /** Answers what the store does, or nothing when it fails. */
  function run(what: string, call: () => unknown): unknown {
    const fail = (cause: unknown) => hosts.problemOnce('event-store', `The event store failed to ${what}.`, cause);
    try {
      if (waiting >= MAX_WAITING) throw new SdkError('store-failed', `${waiting} calls wait for the store already.`);
      const result = waiting === 0 ? call() : last.then(call);
      if (typeof (result as Partial<PromiseLike<unknown>> | null | undefined)?.then !== 'function') return result;
      waiting += 1;
      last = Promise.resolve(result)
        .catch(fail)
        .finally(() => {
          waiting -= 1;
        });
      return last;
    } catch (cause) {
      return fail(cause);
    }
  }

  return {
    add: (event) => void run('keep an event', () => store.add(event)),
    remove: (uuids) => void run('forget events', () => store.remove(uuids)),
    takeLeft: async (limit) => readLeft(await run('read events', () => store.takeLeft(limit))),
    close: () => void run('close', () => store.close?.()),
  };
}

/** Foreign stores may answer anything. */
function readLeft(value: unknown): LeftEvents {
  const { events, more, lost } = Object(value) as Partial<LeftEvents>;
  if (!Array.isArray(events)) return { events: [], more: false, lost: 0 };
  return { events, more: more === true, lost: Number(lost) || 0 };
}

/** Tells whether a value read from storage is a stored event that can be sent; the collector knows whether it is of use. */
export function isStoredEvent(value: unknown): value is StoredEvent {
  try {
    const { uuid, storedAt, context, visitor } = value as StoredEvent;
    const isText = [uuid, visitor, context.region].every((text) => typeof text === 'string');
    const isData = [context.envelope, JSON.parse(visitor)].every((data) => typeof data === 'object' && data !== null);
    return isText && isData && typeof storedAt === 'number';
  } catch {
    return false; // nothing at all, or no JSON
  }
}
