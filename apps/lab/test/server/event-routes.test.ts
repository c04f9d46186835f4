import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { expect, onTestFinished, test } from 'vitest';
import type { EventRow } from '../../src/api/event-row.ts';
import { get, runLab, send } from './running-lab.ts';
import { conversion, impression, sendEvents } from './wire-events.ts';

const { url } = await runLab();

/** Opens the stream; `next` answers the rows of the next message. */
async function openStream(): Promise<() => Promise<(EventRow & { skipped?: number })[]>> {
  const controller = new AbortController();
  const response = await fetch(`${url}/api/events/stream`, { signal: controller.signal });
  onTestFinished(() => controller.abort());
  const messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message) });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  return async () => {
    while (messages.length === 0) parser.feed((await reader?.read())?.value ?? '');
    const message = messages.shift();
    expect(message?.event).toBe('events');
    return JSON.parse(message?.data ?? '');
  };
}

test('collected events are listed newest first, up to the limit', async () => {
  await sendEvents(url, '1', [
    impression({ ruleId: '2001', variationId: '2101', visitorId: 'ada' }),
    conversion({ visitorId: 'ada', revenue: 4_200 }),
  ]);
  const [newest, before] = await get<EventRow[]>(`${url}/api/events?limit=2`);
  expect(newest).toMatchObject({ kind: 'conversion', userId: 'ada', eventKey: 'purchase', revenue: 4_200 });
  expect(before).toMatchObject({ kind: 'impression', flagKey: 'f', ruleKey: 'r', variationKey: 'v' });
  expect(await get<EventRow[]>(`${url}/api/events?limit=1`)).toEqual([newest]);
});

test.each(['0', '-1', '1001', '1.5', 'many'])('[LAB-01] a limit of %s is refused', async (limit) => {
  const response = await fetch(`${url}/api/events?limit=${limit}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ error: expect.stringContaining('"limit"') });
});

test('the stream begins with an empty message and then sends what is collected', async () => {
  const next = await openStream();
  expect(await next()).toEqual([]);
  await sendEvents(url, '1', [conversion({ visitorId: 'bob', uuid: 'streamed' })]);
  expect(await next()).toEqual(await get(`${url}/api/events?limit=1`));
});

test('the stream sends the newest 50 of what comes at once, and says how many it left out', async () => {
  const next = await openStream();
  await next();
  await sendEvents(
    url,
    '1',
    Array.from({ length: 120 }, (_, index) => conversion({ visitorId: `v${index}` })),
  );
  const rows = await next();
  expect(rows.slice(0, -1).map(({ userId }) => userId)).toEqual(
    Array.from({ length: 50 }, (_, index) => `v${70 + index}`),
  );
  expect(rows.at(-1)).toEqual({ skipped: 70 });
});

test('events can be forgotten', async () => {
  await sendEvents(url, '1', [conversion({ visitorId: 'ada' })]);
  expect((await send('DELETE', `${url}/api/events`, {})).status).toBe(204);
  expect(await get(`${url}/api/events`)).toEqual([]);
});
