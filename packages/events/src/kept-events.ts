/**
 * Events in a store: what is recorded is kept until it is settled, what does not fit in memory waits in the store alone and is
 * read back, and what earlier processes left is taken over. Stores are foreign: they may throw, reject, hang or answer anything.
 */
import { SdkError } from '@sortition/core';
import { hasMethods, isThenable } from '@sortition/core/internal';
import { type DeliveryLane, startTimer } from '@sortition/http';
import type { BatchContext, QueuedEvent } from './batch-context.ts';
import { type EventStore, isStoredEvent, type LeftEvents, type StoredEvent } from './event-store.ts';
import { toWellFormedJson } from './event-text.ts';
import type { SinkHosts } from './sink-hosts.ts';

/** The store of a sink. Nothing here throws or rejects. */
export interface KeptEvents {
  /**
   * Keeps an event.
   *
   * @param isQueued Whether it is in memory too.
   * @returns Whether it waits in the store alone.
   */
  keep(event: StoredEvent, isQueued: boolean): boolean;
  /** Forgets events that are settled. */
  remove(uuids: readonly string[]): void;
  /** Looks for what earlier processes left, from now on every 20 s. */
  start(): void;
  /** Reads what waits in the store while there is room; called when the collector has accepted something. */
  refill(): Promise<void>;
  close(): void;
  /** Events that wait in the store alone. */
  readonly spilled: number;
}

/** What the store of a sink needs of it. */
export interface KeptEventsSink {
  readonly settings: EventBounds;
  readonly hosts: SinkHosts;
  readonly lane: DeliveryLane<BatchContext, QueuedEvent>;
  /** Told of an event that was to wait in the store and is not there. */
  readonly onLost: (uuid: string) => void;
  /** Told how many events of earlier processes came to the queue. */
  readonly onTaken: (events: number) => void;
}

/** Bounds of the sink's memory. */
interface EventBounds {
  readonly maxQueueSize: number;
  readonly maxQueueBytes: number;
  readonly maxEventBytes: number;
}

/**
 * A store as the batching sink takes it. It brings the code that keeps events in it, so that an application without a store
 * does not carry that code.
 */
export interface EventKeeper {
  /** Called once by each sink that is given the store. */
  keepFor(sink: KeptEventsSink): KeptEvents;
}

/**
 * Makes a store of your own fit for `createBatchEvents`.
 *
 * @throws SdkError `invalid-option` on one that lacks a method.
 * @example
 * const events = createBatchEvents({ store: keepEvents(myStore) });
 */
export function keepEvents(store: EventStore): EventKeeper {
  if (!hasMethods(store, ['add', 'remove', 'takeLeft'])) {
    throw new SdkError('invalid-option', 'keepEvents takes a store with the methods add, remove and takeLeft.');
  }
  return { keepFor: (sink) => createKeptEvents(store, sink) };
}

/** Events of earlier processes are looked for this often. */
const LOOK_INTERVAL_MS = 20_000;
/** Read from a store at a time. */
const READ_LIMIT = 500;
/** A store that hangs must not make its callers pile up. */
const MAX_WAITING = 10_000;

/** Creates the store of a sink; touches nothing. */
function createKeptEvents(store: EventStore, { settings, hosts, lane, onLost, onTaken }: KeptEventsSink): KeptEvents {
  const spilled = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let cancelTimer: (() => void) | undefined;
  let isReading = false;
  let mayHaveLeft = true;
  let isClosed = false;

  /**
   * Calls the store. Calls to one that answers promises happen one after the other, so that a removal never overtakes the
   * addition. Answers what the store does, `undefined` when it fails.
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

  /** Half of the queue is kept for new events; something is read whenever it is empty, whatever its size. */
  function room(): number {
    const events = settings.maxQueueSize / 2 - lane.count;
    const fits = (settings.maxQueueBytes / 2 - lane.bytes) / settings.maxEventBytes;
    return Math.max(Math.floor(Math.min(READ_LIMIT, events, fits)), lane.count === 0 ? 1 : 0);
  }

  /** Reads what is in the store alone, then what others left, while there is room. */
  async function read(): Promise<void> {
    if (isReading || isClosed || (spilled.size === 0 && !mayHaveLeft) || room() === 0) return;
    isReading = true;
    try {
      if (spilled.size > 0) await readBack(room());
      else await takeLeft(room());
    } catch (cause) {
      hosts.problemOnce('event-store', 'The event store answered something that could not be used.', cause);
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
      // One that could not be kept was told of as lost.
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
      // A store that hangs has had its time: what it was given before is on its way.
      run('close', () => store.close?.());
    },
    get spilled() {
      return spilled.size;
    },
  };
}

/** Foreign stores may answer anything. */
function readLeft(value: unknown): LeftEvents {
  const { events, more, lost } = Object(value) as Partial<LeftEvents>;
  if (!Array.isArray(events)) return { events: [], more: false, lost: 0 };
  return { events, more: more === true, lost: Number(lost) || 0 };
}
