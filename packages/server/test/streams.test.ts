import { describe, expect, it } from 'vitest';
import { createLocalStream, KEPT_NOTIFICATIONS } from '../src/streams/notification-stream.ts';

describe('a stream of notifications', () => {
  it('keeps at most 10,000 entries for subscribers that come back', () => {
    const stream = createLocalStream();
    const seen: string[] = [];
    const leave = stream.subscribe(null, ({ id }) => seen.push(id));
    for (let index = 0; index < 25_000; index += 1) stream.publish({ project: 'p', type: 'track', data: `${index}` });
    leave();
    const missed: string[] = [];
    stream.subscribe(seen[0] as string, ({ data }) => missed.push(data));
    expect(KEPT_NOTIFICATIONS).toBe(10_000);
    expect(missed).toHaveLength(10_000);
    expect([missed[0], missed.at(-1)]).toEqual(['15000', '24999']);
    stream.close();
  });

  it('tells nothing twice, and everything to one that names an id it does not know', () => {
    const stream = createLocalStream();
    const ids: string[] = [];
    stream.subscribe(null, ({ id }) => ids.push(id));
    for (const data of ['1', '2', '3']) stream.publish({ project: 'p', type: 'decision', data });
    const told: string[] = [];
    stream.subscribe(ids[1] as string, ({ data }) => told.push(data));
    stream.publish({ project: 'p', type: 'decision', data: '4' });
    expect(told).toEqual(['3', '4']);
    const all: string[] = [];
    stream.subscribe('0-0', ({ data }) => all.push(data));
    expect(all).toEqual(['1', '2', '3', '4']);
    stream.close();
  });
});
