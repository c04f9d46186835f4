/**
 * Events in a store: recorded events are kept until they are delivered or dropped, events that do not fit in memory
 * wait in the store and are read back, and events of earlier processes are taken over. Stores are foreign code: they
 * may throw, reject, hang or return anything.
 */
import { SdkError } from '@sortition/core';
import { hasMethods, isThenable } from '@sortition/core/internal';
import { type DeliveryLane, startTimer } from '@sortition/http';
import type { BatchContext, QueuedEvent } from './batch-context.ts';
import { type EventStore, isStoredEvent, type LeftEvents, type StoredEvent } from './event-store.ts';
import { toWellFormedJson } from './event-text.ts';
import type { SinkHosts } from './sink-hosts.ts';

/** The store of a sink. Its methods neither throw nor reject. */
export interface KeptEvents {
  /**
   * Keeps an event.
   *
   * @param isQueued Whether it is in memory too.
   * @returns Whether it waits only in the store.
   */
  keep(event: StoredEvent, isQueued: boolean): boolean;
  /** Removes events that were delivered or dropped. */
  remove(uuids: readonly string[]): void;
  /** Looks for events of earlier processes, now and every 20 s. */
  start(): void;
  /** Reads events that wait in the store while there is room; called when the collector has accepted events. */
  refill(): Promise<void>;
  close(): void;
  /** Number of events that wait only in the store. */
  readonly spilled: number;
}

/** What the store needs from the sink. */
export interface KeptEventsSink {
  readonly settings: EventBounds;
  readonly hosts: SinkHosts;
  readonly lane: DeliveryLane<BatchContext, QueuedEvent>;
  /** Called with an event that should be in the store and is not there. */
  readonly onLost: (uuid: string) => void;
  /** Called with the number of events of earlier processes that were queued. */
  readonly onTaken: (events: number) => void;
}

/** Limits of the sink's memory. */
interface EventBounds {
  readonly maxQueueSize: number;
  readonly maxQueueBytes: number;
  readonly maxEventBytes: number;
}

/**
 * A store for the batching sink. It includes the code that keeps events in a store, so that the bundle of an
 * application without a store does not contain that code.
 */
export interface EventKeeper {
  /** Called once by each sink that uses the store. */
  keepFor(sink: KeptEventsSink): KeptEvents;
}

/**
 * Adapts your own store for `createBatchEvents`.
 *
 * @throws SdkError `invalid-option` when a method is missing.
 * @example
 * const events = createBatchEvents({ store: keepEvents(myStore) });
 */
export function keepEvents(store: EventStore): EventKeeper {
  if (!hasMethods(store, ['add', 'remove', 'takeLeft'])) {
    throw new SdkError('invalid-option', 'keepEvents takes a store with the methods add, remove and takeLeft.');
  }
  return { keepFor: (sink) => createKeptEvents(store, sink) };
}

/** How often to look for events of earlier processes. */
const LOOK_INTERVAL_MS = 20_000;
/** Number of events per read. */
const READ_LIMIT = 500;
/** Limit of waiting calls, for a store that hangs. */
const MAX_WAITING = 10_000;

/** Creates the store of a sink; does not use the store yet. */
function createKeptEvents(store: EventStore, { settings, hosts, lane, onLost, onTaken }: KeptEventsSink): KeptEvents {
  const spilled = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let cancelTimer: (() => void) | undefined;
  let isReading = false;
  let mayHaveLeft = true;
  let isClosed = false;

  /**
   * Calls the store. Calls to an asynchronous store run one after the other, so that an event is never removed before
   * it was added. Returns the store's result, `undefined` when it fails.
   */
  function run(what: string, call: () => unknown, onFailure?: () => void): unknown {
    const fail = (cause: unknown): undefined => {
      onFailure?.();
      hosts.problemOnce('event-store', `The event store failed to ${what}.`, cause);
    };
    try {
      if (waiting >= MAX_WAITING) throw new SdkError('store-failed', `${waiting} calls wait for the store already.`);
      const result = waiting === 0 ? call() : last.then(call);
      if (!isThenable(result)) return result;
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

  function lose(uuid: string): void {
    if (spilled.delete(uuid)) onLost(uuid);
  }

  /** Half of the queue is reserved for new events; when it is empty, at least one event is read. */
  function room(): number {
    const events = settings.maxQueueSize / 2 - lane.count;
    const fits = (settings.maxQueueBytes / 2 - lane.bytes) / settings.maxEventBytes;
    return Math.max(Math.floor(Math.min(READ_LIMIT, events, fits)), lane.count === 0 ? 1 : 0);
  }

  /** Reads events that are only in the store, then events of earlier processes, while there is room. */
  async function read(): Promise<void> {
    if (isReading || isClosed || (spilled.size === 0 && !mayHaveLeft) || room() === 0) return;
    isReading = true;
    try {
      if (spilled.size > 0) await readBack(room());
      else await takeLeft(room());
    } catch (cause) {
      hosts.problemOnce('event-store', 'The event store returned an invalid value.', cause);
    }
    isReading = false;
  }

  async function readBack(limit: number): Promise<void> {
    const uuids = [...spilled].slice(0, limit);
    const answer = await run('read events', () => store.readBack?.(uuids));
    const found = new Map((Array.isArray(answer) ? answer : []).filter(isStoredEvent).map((each) => [each.uuid, each]));
    const events: StoredEvent[] = [];
    for (const uuid of uuids) {
      const event = found.get(uuid);
      if (event === undefined) lose(uuid);
      else if (spilled.delete(uuid)) events.push(event);
    }
    queue(events);
  }

  async function takeLeft(limit: number): Promise<void> {
    const { events, more, lost } = readLeft(await run('read events', () => store.takeLeft(limit)));
    mayHaveLeft = more;
    const usable = events.filter(isStoredEvent);
    const unusable = lost + events.length - usable.length;
    if (unusable > 0) {
      hosts.problem('stored-events-lost', `${unusable} stored events were too old or could not be read.`);
    }
    onTaken(usable.length);
    queue(usable);
  }

  function queue(events: readonly StoredEvent[]): void {
    for (const { uuid, context, visitor } of events) {
      lane.add(context, { uuid, text: toWellFormedJson(visitor), number: 0 });
    }
    // They have waited long enough.
    if (events.length > 0) void lane.flush(0);
  }

  function look(): void {
    mayHaveLeft = true;
    cancelTimer = startTimer(look, LOOK_INTERVAL_MS);
    void read();
  }

  return {
    keep(event, isQueued) {
      const { uuid } = event;
      if (!isQueued) {
        if (!store.readBack) return false;
        spilled.add(uuid);
      }
      run(
        'keep an event',
        () => store.add(event),
        () => lose(uuid),
      );
      // An event that could not be kept was reported as lost.
      return !isQueued;
    },
    remove: (uuids) => void run('forget events', () => store.remove(uuids)),
    start() {
      if (!cancelTimer) look();
    },
    refill: read,
    close() {
      isClosed = true;
      cancelTimer?.();
      // A hanging store had its time; earlier calls may still finish.
      run('close', () => store.close?.());
    },
    get spilled() {
      return spilled.size;
    },
  };
}

/** Foreign stores may return anything. */
function readLeft(value: unknown): LeftEvents {
  const { events, more, lost } = Object(value) as Partial<LeftEvents>;
  if (!Array.isArray(events)) return { events: [], more: false, lost: 0 };
  return { events, more: more === true, lost: Number(lost) || 0 };
}
