/** Collected events: the newest ones, and the ones to come as server-sent events. */
import type { NodeApp } from '@sortition/emulator';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { EventRow } from '../api/event-row.ts';
import type { DuckdbEventStore } from './duckdb-event-store.ts';
import { readNewestEvents } from './event-rows.ts';
import type { LabParts } from './lab-parts.ts';

const MAX_ROWS = 1_000;
/** At most one message in this time, in ms. */
const MESSAGE_INTERVAL_MS = 200;
const MAX_MESSAGE_ROWS = 50;

/** Adds `/api/events` and `/api/events/stream`. */
export function addEventRoutes(app: NodeApp, lab: Promise<LabParts>): void {
  app.get('/api/events', async (context) => {
    const { database } = await lab;
    const limit = Number(context.req.query('limit') ?? 100);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_ROWS) {
      return context.json({ error: `"limit" must be a whole number from 1 to ${MAX_ROWS}` }, 400);
    }
    return context.json(await readNewestEvents(database.queries, limit));
  });
  app.delete('/api/events', async (context) => {
    await (await lab).events.clear();
    return context.body(null, 204);
  });
  app.get('/api/events/stream', async (context) => {
    const { events } = await lab;
    return streamSSE(context, (stream) => sendEvents(stream, events));
  });
}

/** Sends until the reader goes. What comes faster than it can be read is counted: `[...rows, { "skipped": 12 }]`. */
async function sendEvents(stream: SSEStreamingApi, events: DuckdbEventStore): Promise<void> {
  let rows: readonly EventRow[] = [];
  let skipped = 0;
  let timer: NodeJS.Timeout | undefined;
  const send = async () => {
    const data = JSON.stringify(skipped > 0 ? [...rows, { skipped }] : rows);
    rows = [];
    skipped = 0;
    await stream.writeSSE({ event: 'events', data });
    timer = undefined;
    if (rows.length > 0) schedule();
  };
  const schedule = () => {
    timer ??= setTimeout(send, MESSAGE_INTERVAL_MS);
  };
  const unsubscribe = events.subscribe((added) => {
    const all = [...rows, ...added.slice(-MAX_MESSAGE_ROWS)];
    rows = all.slice(-MAX_MESSAGE_ROWS);
    skipped += Math.max(0, added.length - MAX_MESSAGE_ROWS) + all.length - rows.length;
    schedule();
  });
  const aborted = new Promise<void>((resolve) => stream.onAbort(resolve));
  await stream.writeSSE({ event: 'events', data: '[]' });
  await aborted;
  unsubscribe();
  clearTimeout(timer);
}
