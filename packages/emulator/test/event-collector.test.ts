import { expect, test } from 'vitest';
import { createMemoryEventStore } from '../src/index.ts';
import { eventBatch, post, startLab } from './running-lab.ts';

const store = createMemoryEventStore();
const lab = await startLab({ eventStore: store });
const url = `${lab.url}/v1/events`;

test('[LAB-02] a batch in the documented shape is kept, event by event, with its raw bytes', async () => {
  const text = JSON.stringify(eventBatch(['u1', 'u2']));
  expect((await post(url, text)).status).toBe(204);
  expect(store.events.get('u1')).toMatchObject({ kind: 'impression', decision: { flagKey: 'f', variationId: '42' } });
  expect(store.events.get('u2')).toMatchObject({ kind: 'conversion', key: 'buy', revenue: 5, value: 0.5 });
  expect(store.events.get('u2')?.attributes.get('plan')).toBe('gold');
  expect(new TextDecoder().decode(store.batches[0]?.raw)).toBe(text);
});

test('[LAB-02] the raw bytes are those received, also where they are no text', async () => {
  const raw = Buffer.from(JSON.stringify(eventBatch(['r1', 'r2'])).replace('"gold"', '"g\xff"'), 'latin1');
  const kept = store.batches.length;
  expect((await fetch(url, { method: 'POST', body: raw })).status).toBe(204);
  expect(Buffer.from(store.batches[kept]?.raw ?? [])).toEqual(raw);
});

test('an event that arrives again is counted and not kept twice', async () => {
  const heard: string[] = [];
  const unsubscribe = lab.events.subscribe(({ uuid }) => heard.push(uuid));
  await post(url, eventBatch(['u3', 'u4']));
  await post(url, eventBatch(['u3', 'u5']));
  unsubscribe();
  expect(heard).toEqual(['u3', 'u4', 'u5']);
  expect(lab.events.counts).toEqual({ received: 8, unique: 7, duplicates: 1 });
});

test.each([
  ['no JSON', 'not json'],
  ['null', 'null'],
  ['an array', '[]'],
  ['a batch without visitors', JSON.stringify({ ...eventBatch(['a', 'b']), visitors: undefined })],
  ['a numeric account', JSON.stringify({ ...eventBatch(['a', 'b']), account_id: 1 })],
  ['a visitor without an id', JSON.stringify(eventBatch(['a', 'b'])).replaceAll('"visitor_id":"alice",', '')],
  ['an event without a uuid', JSON.stringify(eventBatch(['', 'b']))],
  ['a fractional revenue', JSON.stringify(eventBatch(['a', 'b'])).replace('"revenue":5', '"revenue":5.5')],
  ['a value that is a boolean', JSON.stringify(eventBatch(['a', 'b'])).replace('"value":0.5', '"value":true')],
  ['metadata without a flag key', JSON.stringify(eventBatch(['a', 'b'])).replace('"flag_key"', '"flag"')],
])('%s is refused with 400 and reasons, and nothing of it is kept', async (_, body) => {
  const before = lab.events.counts;
  const answer = await post(url, body);
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { problems: string[] }).problems[0]).toMatch(/^(the )?body/);
  expect(lab.events.counts).toEqual(before);
});

test('the memory store is bounded by events and by raw bytes', () => {
  const small = createMemoryEventStore({ maxEvents: 2, maxRawBytes: 10 });
  const event = (uuid: string) => ({ uuid }) as never;
  for (const uuid of ['a', 'b', 'c']) small.append({ receivedAt: 0, raw: new Uint8Array(6), events: [event(uuid)] });
  expect([...small.events.keys()]).toEqual(['b', 'c']);
  expect(small.batches).toHaveLength(1);
});
