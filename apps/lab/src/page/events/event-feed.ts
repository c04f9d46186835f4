/**
 * The rows of the event stream: what was collected before, then what arrives, newest first and each once.
 *
 * A paused feed goes on listening and counts, so that nothing moves under the reader's eyes and nothing is missed.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { EventRow } from '../../api/event-row.ts';
import { type EventQuery, isSkipped, type LabApi, type StreamedRow } from '../lab/api.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import { EVERYTHING, matchesQuery } from './event-query.ts';

export interface EventFeed {
  /** Newest first, at most `MAX_ROWS`; `null` until the first answer. */
  readonly rows: ReadonlySignal<readonly EventRow[] | null>;
  readonly isPaused: ReadonlySignal<boolean>;
  /** Arrived while paused. */
  readonly waiting: ReadonlySignal<number>;
  /** Collected but too many a second to be shown one by one. */
  readonly skipped: ReadonlySignal<number>;
  readonly isConnected: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<string | null>;
  pause(): void;
  resume(): void;
  /** Reads again what is collected, as after forgetting it. */
  reload(): Promise<void>;
  readonly query: ReadonlySignal<EventQuery>;
  /** Searches everything that was collected, and shows of what arrives only what matches. */
  search(query: EventQuery): Promise<void>;
  /** Whether there may be older events than those shown. */
  readonly hasMore: ReadonlySignal<boolean>;
  /** Adds older events below. */
  loadMore(): Promise<void>;
  close(): void;
}

const PAGE_ROWS = 200;
/** Of a feed that nobody asked for more of. */
const MAX_ROWS = PAGE_ROWS;

/** @param open Connects to the stream. */
export function createEventFeed(api: LabApi, open: () => EventSource): EventFeed {
  const rows = signal<readonly EventRow[] | null>(null);
  const isPaused = signal(false);
  const waiting = signal(0);
  const skipped = signal(0);
  const isConnected = signal(false);
  const failure = signal<string | null>(null);
  const query = signal<EventQuery>(EVERYTHING);
  const hasMore = signal(false);
  let held: readonly EventRow[] = [];
  let limit = MAX_ROWS;

  async function reload(): Promise<void> {
    const asked = query.value;
    try {
      const found = await api.fetchEvents(PAGE_ROWS, asked);
      // An answer that comes late is to a question that nobody asks any more.
      if (query.value !== asked) return;
      rows.value = found;
      hasMore.value = found.length === PAGE_ROWS;
      limit = MAX_ROWS;
      held = [];
      waiting.value = 0;
      skipped.value = 0;
      failure.value = null;
    } catch (error) {
      failure.value = sentenceOf(error);
    }
  }

  function receive(streamed: readonly StreamedRow[]): void {
    const arrived: EventRow[] = [];
    for (const row of streamed) {
      if (isSkipped(row)) skipped.value += row.skipped;
      else if (matchesQuery(row, query.value)) arrived.push(row);
    }
    if (isPaused.value) {
      held = mergeRows(held, arrived);
      waiting.value += arrived.length;
    } else if (arrived.length > 0) rows.value = mergeRows(rows.value ?? [], arrived, limit);
  }

  const source = open();
  source.addEventListener('open', () => {
    isConnected.value = true;
    // Also after a break: what was collected meanwhile is not in the stream.
    if (!isPaused.value) void reload();
  });
  source.addEventListener('error', () => {
    isConnected.value = false;
  });
  source.addEventListener('events', ({ data }: MessageEvent<string>) => receive(JSON.parse(data) as StreamedRow[]));
  void reload();

  return {
    rows,
    isPaused,
    waiting,
    skipped,
    isConnected,
    failure,
    pause() {
      isPaused.value = true;
    },
    resume() {
      isPaused.value = false;
      rows.value = mergeRows(rows.value ?? [], held, limit);
      held = [];
      waiting.value = 0;
    },
    reload,
    query,
    async search(next) {
      query.value = next;
      await reload();
    },
    hasMore,
    async loadMore() {
      const asked = query.value;
      const known = rows.value ?? [];
      try {
        const older = await api.fetchEvents(PAGE_ROWS, asked, known.at(-1)?.seq);
        if (query.value !== asked) return;
        limit += PAGE_ROWS;
        rows.value = mergeRows(rows.value ?? [], older, limit);
        hasMore.value = older.length === PAGE_ROWS;
      } catch (error) {
        failure.value = sentenceOf(error);
      }
    },
    close: () => source.close(),
  };
}

/** Newest first by sequence number, each once, the oldest dropped above the limit. */
export function mergeRows(
  known: readonly EventRow[],
  arrived: readonly EventRow[],
  limit: number = MAX_ROWS,
): readonly EventRow[] {
  const bySeq = new Map([...known, ...arrived].map((row) => [row.seq, row]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, limit);
}
