/** Collected events: a search among them, and the ones to come as server-sent events. */
import { keepAlive, type NodeApp, type NodeContext } from '@sortition/emulator';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { EventRow } from '../api/event-row.ts';
import type { DuckdbEventStore } from './duckdb-event-store.ts';
import { type EventSearch, searchEvents } from './event-rows.ts';
import type { LabParts } from './lab-parts.ts';

const MAX_ROWS = 1_000;
const MAX_WORDS = 10;
/** At most one message in this time, in ms. */
const MESSAGE_INTERVAL_MS = 200;
const MAX_MESSAGE_ROWS = 50;

/** Adds `/api/events` and `/api/events/stream`. */
export function addEventRoutes(app: NodeApp, lab: Promise<LabParts>): void {
  app.get('/api/events', async (context) => {
    const { database } = await lab;
    const search = readSearch(context);
    if (typeof search === 'string') return context.json({ error: search }, 400);
    return context.json(await database.read((connection) => searchEvents(connection, search)));
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

/** Answers a sentence when a parameter is not what it must be. */
function readSearch({ req }: NodeContext): EventSearch | string {
  const text = (name: string) => req.query(name) || undefined;
  const limit = Number(req.query('limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_ROWS) {
    return `"limit" must be a whole number from 1 to ${MAX_ROWS}`;
  }
  const kind = text('kind');
  if (kind !== undefined && kind !== 'impression' && kind !== 'conversion') {
    return '"kind" must be impression or conversion';
  }
  const numbers: Record<string, number | undefined> = {};
  for (const name of ['from', 'until', 'before']) {
    const value = text(name);
    if (value !== undefined && !/^\d{1,15}$/.test(value)) return `"${name}" must be a whole number from 0`;
    numbers[name] = value === undefined ? undefined : Number(value);
  }
  const words = (text('q') ?? '').split(/\s+/).filter((word) => word !== '');
  if (words.length > MAX_WORDS) return `"q" must have up to ${MAX_WORDS} words`;
  const { from, until, before } = numbers;
  const [user, flag, rule, variation, event] = ['user', 'flag', 'rule', 'variation', 'event'].map(text);
  return { words, kind, user, flag, rule, variation, event, from, until, before, limit };
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
  keepAlive(stream);
  await aborted;
  unsubscribe();
  clearTimeout(timer);
}
