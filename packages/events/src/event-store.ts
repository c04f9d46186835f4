/**
 * Stores for events that must survive the process or the page: the port, and the guard around foreign ones.
 *
 * A store keeps events in the wire format, because the config they were decided with is gone by the time they are read.
 */
import { SdkError } from '@sortition/core';
import { type BatchContext, isContext, isSameContext, type RecordedEvent } from './batch-context.ts';
import type { BatchVisitor } from './event-batch.ts';

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
  /** Resolves when what was asked before is done, and the store closed. */
  close(): Promise<void>;
}

/** A store that hangs must not make its callers pile up. */
const MAX_WAITING = 10_000;
const NOTHING: LeftEvents = { events: [], more: false, lost: 0 };

/**
 * Wraps a store: failures are reported, and calls to one that answers promises happen one after the other, so that a
 * removal never overtakes the addition.
 */
export function guardStore(store: EventStore, report: (message: string, cause: unknown) => void): GuardedStore {
  let last: Promise<unknown> | undefined;
  let waiting = 0;

  function run<T>(what: string, call: () => T | Promise<T>, otherwise: T): T | Promise<T> {
    const fail = (cause: unknown): T => {
      report(`The event store failed to ${what}.`, cause);
      return otherwise;
    };
    try {
      if (waiting >= MAX_WAITING) throw new SdkError('store-failed', `${waiting} calls wait for the store already.`);
      const result = last === undefined ? call() : last.then(call);
      if (!isThenable(result)) return result;
      waiting += 1;
      const settled: Promise<T> = Promise.resolve(result)
        .catch(fail)
        .finally(() => {
          waiting -= 1;
          if (last === settled) last = undefined;
        });
      last = settled;
      return settled;
    } catch (cause) {
      return fail(cause);
    }
  }

  return {
    add: (event) => void run('keep an event', () => store.add(event), undefined),
    remove: (uuids) => void run('forget events', () => store.remove(uuids), undefined),
    takeLeft: async (limit) => readLeft(await run<unknown>('read events', () => store.takeLeft(limit), NOTHING)),
    close: async () => void (await run('close', () => store.close?.(), undefined)),
  };
}

/** Foreign stores may answer anything. */
function readLeft(value: unknown): LeftEvents {
  const { events, more, lost } = (value ?? {}) as Partial<LeftEvents>;
  if (!Array.isArray(events)) return NOTHING;
  return { events: events as readonly StoredEvent[], more: more === true, lost: Number(lost) || 0 };
}

/** Writes an event in the stored form. */
export function storeEvent(event: RecordedEvent, context: BatchContext, visitor: BatchVisitor): StoredEvent {
  return { uuid: event.uuid, storedAt: Date.now(), context, visitor: JSON.stringify(visitor) };
}

/** Tells whether a value read from storage is a stored event that can be sent. */
export function isStoredEvent(value: unknown): value is StoredEvent {
  const { uuid, storedAt, context, visitor } = (value ?? {}) as Partial<StoredEvent>;
  if (typeof uuid !== 'string' || typeof storedAt !== 'number' || typeof visitor !== 'string') return false;
  try {
    const parsed: unknown = JSON.parse(visitor);
    return isContext(context) && typeof parsed === 'object' && parsed !== null;
  } catch {
    return false; // no JSON is no event
  }
}

/** Reads contexts of stored events so that equal ones are one object again. */
export function createContextPool(): (context: BatchContext) => BatchContext {
  let before: BatchContext | undefined;
  return (context) => {
    if (before === undefined || !isSameContext(before, context)) before = context;
    return before;
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
