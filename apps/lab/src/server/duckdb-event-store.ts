/**
 * Events in DuckDB. Batches that arrive while a commit runs share the next one: a commit waits for the disk, and there
 * would be one per request otherwise.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { DuckDBAppender } from '@duckdb/node-api';
import { type CollectedBatch, type CollectedEvent, createRecentIds, type EventStore } from '@sortition/emulator';
import type { EventRow } from '../api/event-row.ts';
import type { EventDatabase } from './event-database.ts';
import { toEventRow } from './event-rows.ts';

/** The store's controls beside those of the port. */
export interface DuckdbEventStore extends EventStore {
  /** Calls the listener with the rows of every commit; returns unsubscribe. */
  subscribe(listener: (rows: readonly EventRow[]) => void): () => void;
  /** Forgets every event. */
  clear(): Promise<void>;
  /** Counts commits and clearings: what was read stays true as long as it is the same. */
  changes(): number;
  /** Resolves when everything accepted so far is kept. */
  settled(): Promise<void>;
}

/** An event that came again is found among this many before it, at about 100 bytes of memory each. */
const REMEMBERED_EVENTS = 1_000_000;
const compress = promisify(gzip);
const FASTEST = { level: 1 };
/** Rows are appended without a pause; this many take about 20 ms. */
const MAX_COMMIT_EVENTS = 5_000;

interface WaitingBatch {
  /** Its bytes compressed. */
  readonly batch: CollectedBatch;
  readonly resolve: (fresh: readonly CollectedEvent[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Creates the store on an open database, whose owner closes it after `settled()`. */
export async function createDuckdbEventStore({ ingest, read }: EventDatabase): Promise<DuckdbEventStore> {
  const listeners = new Set<(rows: readonly EventRow[]) => void>();
  const known = createRecentIds(REMEMBERED_EVENTS);
  const { newest, last } = await read(async (connection) => ({
    newest: await connection.runAndReadAll(
      `SELECT uuid FROM (SELECT uuid, seq FROM events ORDER BY seq DESC LIMIT ${REMEMBERED_EVENTS}) ORDER BY seq`,
    ),
    last: await connection.runAndReadAll(
      'SELECT (SELECT coalesce(max(seq), 0) FROM events)::DOUBLE, (SELECT coalesce(max(id), 0) FROM batches)::DOUBLE',
    ),
  }));
  for (const [uuid] of newest.getRows()) known.add(String(uuid));
  let [seq = 0, batchId = 0] = (last.getRows()[0] ?? []) as number[];

  const events = await ingest.createAppender('events');
  const batches = await ingest.createAppender('batches');
  let waiting: WaitingBatch[] = [];
  let work: Promise<void> = Promise.resolve();
  let isScheduled = false;
  let changes = 0;
  let compressing: Promise<unknown> = Promise.resolve();

  /** One task after another, on the connection that only one transaction at a time fits on. */
  function enqueue(task: () => Promise<void>): Promise<void> {
    work = work.then(task, task);
    return work;
  }

  async function commitWaiting(): Promise<void> {
    isScheduled = false;
    while (waiting.length > 0) {
      const group = takeGroup(waiting, MAX_COMMIT_EVENTS);
      waiting = waiting.slice(group.length);
      try {
        const kept = await commit(group.map(({ batch }) => batch));
        for (const { uuid } of kept.rows) known.add(uuid);
        for (const [index, { resolve }] of group.entries()) resolve(kept.fresh[index] ?? []);
        if (kept.rows.length > 0) for (const listener of listeners) listener(kept.rows);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
  }

  async function commit(group: readonly CollectedBatch[]) {
    const rows: EventRow[] = [];
    const inGroup = new Set<string>();
    const fresh: (readonly CollectedEvent[])[] = [];
    try {
      await ingest.run('BEGIN');
      for (const { events: received, raw, receivedAt } of group) {
        batchId += 1;
        batches.appendBigInt(BigInt(batchId));
        batches.appendBigInt(BigInt(receivedAt));
        batches.appendBlob(raw);
        batches.endRow();
        const added = received.filter(({ uuid }) => !known.has(uuid) && !inGroup.has(uuid) && inGroup.add(uuid));
        fresh.push(added);
        for (const event of added) {
          seq += 1;
          appendEvent(events, event, { seq, batchId, receivedAt });
          rows.push(toEventRow(event, seq, receivedAt));
        }
      }
      batches.flushSync();
      events.flushSync();
      await ingest.run('COMMIT');
      changes += 1;
    } catch (error) {
      events.clear();
      batches.clear();
      // There is none to roll back when it was BEGIN that failed.
      await ingest.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
    return { rows, fresh };
  }

  return {
    async append(received) {
      // Compressed in threads of their own; JSON of many events shrinks to less than a tenth.
      const compressed = compress(received.raw, FASTEST);
      // In the order of arrival: of an event that comes twice at a time, the first is the one that is kept.
      compressing = compressing.then(() => compressed);
      await compressing;
      const batch = { ...received, raw: await compressed };
      return new Promise((resolve, reject) => {
        waiting.push({ batch, resolve, reject });
        if (isScheduled) return;
        isScheduled = true;
        void enqueue(commitWaiting);
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear: () =>
      enqueue(async () => {
        await ingest.run('TRUNCATE events; TRUNCATE batches;');
        known.clear();
        changes += 1;
      }),
    changes: () => changes,
    async settled() {
      await compressing;
      await work;
    },
  };
}

/** The batches at the front that fit into one commit; one does always. */
function takeGroup(waiting: readonly WaitingBatch[], maxEvents: number): readonly WaitingBatch[] {
  let count = 0;
  const end = waiting.findIndex(({ batch }, index) => {
    count += batch.events.length;
    return index > 0 && count > maxEvents;
  });
  return end === -1 ? waiting : waiting.slice(0, end);
}

function appendEvent(
  appender: DuckDBAppender,
  event: CollectedEvent,
  { seq, batchId, receivedAt }: { seq: number; batchId: number; receivedAt: number },
): void {
  const { decision } = event;
  const text = (value: string | null | undefined) =>
    value == null ? appender.appendNull() : appender.appendVarchar(value);
  appender.appendBigInt(BigInt(seq));
  appender.appendBigInt(BigInt(batchId));
  appender.appendBigInt(BigInt(receivedAt));
  appender.appendVarchar(event.uuid);
  appender.appendVarchar(event.kind);
  appender.appendVarchar(event.visitorId);
  appender.appendBigInt(BigInt(event.timestamp));
  appender.appendVarchar(event.key);
  appender.appendVarchar(event.revision);
  text(decision?.flagKey);
  text(decision?.experimentId);
  text(decision?.ruleKey);
  text(decision?.variationId);
  text(decision?.variationKey);
  if (event.revenue === null) appender.appendNull();
  else appender.appendBigInt(BigInt(event.revenue));
  if (event.value === null) appender.appendNull();
  else appender.appendDouble(event.value);
  text(event.attributes.size === 0 ? null : JSON.stringify(Object.fromEntries(event.attributes)));
  appender.endRow();
}
