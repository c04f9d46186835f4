import { describe, expect, it } from 'vitest';
import type { EventRow } from '../../src/api/event-row.ts';
import { createEventFeed, mergeRows } from '../../src/page/events/event-feed.ts';
import { matchesQuery, queryParameters, readQuery } from '../../src/page/events/event-query.ts';
import type { EventQuery, LabApi, StreamedRow } from '../../src/page/lab/api.ts';

const row = (seq: number, more: Partial<EventRow> = {}): EventRow => ({
  seq,
  receivedAt: seq,
  kind: 'impression',
  userId: `user-${seq}`,
  uuid: String(seq),
  revision: '7',
  ...more,
});

/** A stream whose events the test sends. */
class ScriptedStream extends EventTarget {
  isClosed = false;

  send(rows: readonly StreamedRow[]): void {
    this.dispatchEvent(new MessageEvent('events', { data: JSON.stringify(rows) }));
  }

  close(): void {
    this.isClosed = true;
  }
}

async function startFeed(collected: () => readonly EventRow[]) {
  const stream = new ScriptedStream();
  const api = { fetchEvents: async () => collected() } as unknown as LabApi;
  const feed = createEventFeed(api, () => stream as unknown as EventSource);
  await feed.reload();
  return { feed, stream, shown: () => feed.rows.value?.map(({ seq }) => seq) };
}

describe('the event feed', () => {
  it('shows what was collected before, then what arrives, newest first', async () => {
    const { stream, shown } = await startFeed(() => [row(2), row(1)]);
    stream.send([row(3), row(4)]);
    expect(shown()).toEqual([4, 3, 2, 1]);
  });

  it('says nothing of what was collected before it knows, whatever the stream begins with', async () => {
    const stream = new ScriptedStream();
    const api = { fetchEvents: () => new Promise(() => undefined) } as unknown as LabApi;
    const feed = createEventFeed(api, () => stream as unknown as EventSource);
    stream.send([]);
    expect(feed.rows.value).toBeNull();
  });

  it('shows a row once that is in both', async () => {
    const { stream, shown } = await startFeed(() => [row(2), row(1)]);
    stream.send([row(2), row(3)]);
    expect(shown()).toEqual([3, 2, 1]);
  });

  it('holds still while paused and has everything afterwards', async () => {
    const { feed, stream, shown } = await startFeed(() => [row(1)]);
    feed.pause();
    stream.send([row(2)]);
    stream.send([row(3)]);
    expect(shown()).toEqual([1]);
    expect(feed.waiting.value).toBe(2);
    feed.resume();
    expect(shown()).toEqual([3, 2, 1]);
    expect(feed.waiting.value).toBe(0);
  });

  it('counts what went by too fast', async () => {
    const { feed, stream } = await startFeed(() => []);
    stream.send([row(1), { skipped: 40 }]);
    stream.send([{ skipped: 2 }]);
    expect(feed.skipped.value).toBe(42);
  });

  it('reads again after a break, for what was collected meanwhile', async () => {
    let collected = [row(1)];
    const { feed, stream, shown } = await startFeed(() => collected);
    stream.dispatchEvent(new Event('error'));
    expect(feed.isConnected.value).toBe(false);
    collected = [row(2), row(1)];
    stream.dispatchEvent(new Event('open'));
    await feed.reload();
    expect(feed.isConnected.value).toBe(true);
    expect(shown()).toEqual([2, 1]);
  });

  it('says why there is nothing to show', async () => {
    const { feed } = await startFeed(() => {
      throw new Error('The lab does not answer.');
    });
    expect(feed.rows.value).toBeNull();
    expect(feed.failure.value).toBe('The lab does not answer.');
  });

  it('drops the oldest above its limit', () => {
    expect(mergeRows([row(1), row(2)], [row(3)], 2).map(({ seq }) => seq)).toEqual([3, 2]);
  });
});

describe('the filter', () => {
  const rows = [
    row(1, { flagKey: 'checkout', variationKey: 'express' }),
    row(2, { kind: 'conversion', eventKey: 'purchase' }),
    row(3, { flagKey: 'checkout', variationKey: 'classic' }),
  ];
  const seqs = (text: string, more: Partial<EventQuery> = {}) =>
    rows
      .filter((each) => matchesQuery(each, { text, kind: 'all', from: null, until: null, ...more }))
      .map(({ seq }) => seq);

  it('wants every word, anywhere in the row, in any case', () => {
    expect(seqs('')).toEqual([1, 2, 3]);
    expect(seqs('CHECKOUT')).toEqual([1, 3]);
    expect(seqs(' checkout  user-3 ')).toEqual([3]);
    expect(seqs('checkout purchase')).toEqual([]);
  });

  it('takes what is named exactly, a kind, and a time', () => {
    expect(seqs('variation:express')).toEqual([1]);
    expect(seqs('variation:expres')).toEqual([]);
    expect(seqs('user:user-2')).toEqual([2]);
    expect(seqs('', { kind: 'conversion' })).toEqual([2]);
    expect(seqs('', { from: 2, until: 3 })).toEqual([2]);
  });

  it('is in the address and back', () => {
    const query: EventQuery = { text: 'a b', kind: 'impression', from: 5, until: 9 };
    expect(readQuery(new URLSearchParams(queryParameters(query)))).toEqual(query);
    expect(queryParameters(readQuery(new URLSearchParams()))).toEqual({});
  });
});

describe('a feed that searches', () => {
  it('asks the lab, and shows of what arrives only what matches', async () => {
    const asked: (EventQuery | undefined)[] = [];
    const stream = new ScriptedStream();
    const api = {
      fetchEvents: async (_: number, query?: EventQuery, before?: number) => {
        asked.push(query);
        return before === undefined ? [row(500, { userId: 'ada' })] : [row(2, { userId: 'ada' })];
      },
    } as unknown as LabApi;
    const feed = createEventFeed(api, () => stream as unknown as EventSource);
    await feed.search({ text: 'user:ada', kind: 'all', from: null, until: null });
    expect(asked.at(-1)?.text).toBe('user:ada');
    stream.send([row(501, { userId: 'ada' }), row(502, { userId: 'bob' })]);
    expect(feed.rows.value?.map(({ seq }) => seq)).toEqual([501, 500]);
    await feed.loadMore();
    expect(feed.rows.value?.map(({ seq }) => seq)).toEqual([501, 500, 2]);
  });
});
