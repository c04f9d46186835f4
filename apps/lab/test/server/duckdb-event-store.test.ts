import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type CollectedEvent, parseEventBatch } from '@sortition/emulator';
import { expect, onTestFinished, test } from 'vitest';
import { createDuckdbEventStore } from '../../src/server/duckdb-event-store.ts';
import { openEventDatabase } from '../../src/server/event-database.ts';
import { searchEvents } from '../../src/server/event-rows.ts';
import { conversion, impression, toBatch, type WireEvent } from './wire-events.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sortition-store-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const readNewestEvents = (read: Awaited<ReturnType<typeof openEventDatabase>>['read'], limit: number) =>
  read((connection) => searchEvents(connection, { limit }));

async function open(folder: string) {
  const database = await openEventDatabase(folder);
  const store = await createDuckdbEventStore(database);
  const close = async () => {
    await store.settled();
    await database.close();
  };
  return { database, store, close };
}

function batchOf(events: readonly WireEvent[]): {
  raw: Uint8Array;
  events: readonly CollectedEvent[];
  receivedAt: number;
} {
  const text = toBatch('7', events);
  const parsed = parseEventBatch(JSON.parse(text));
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  return { raw: new TextEncoder().encode(text), events: parsed.events, receivedAt: 1_700_000_000_000 };
}

const seen = (uuid: string) => impression({ ruleId: '1', variationId: '2', visitorId: 'ada', uuid });

test('[LAB-02] events and the raw bytes of their batches survive a restart', async () => {
  const folder = await makeFolder();
  const first = await open(folder);
  const batch = batchOf([seen('a'), conversion({ visitorId: 'ada', uuid: 'b', revenue: 1_200 })]);
  await first.store.append(batch);
  await first.close();
  const second = await open(folder);
  expect(await readNewestEvents(second.database.read, 10)).toEqual([
    {
      seq: 2,
      receivedAt: batch.receivedAt,
      kind: 'conversion',
      revision: '7',
      userId: 'ada',
      uuid: 'b',
      eventKey: 'purchase',
      revenue: 1_200,
    },
    {
      seq: 1,
      receivedAt: batch.receivedAt,
      kind: 'impression',
      revision: '7',
      userId: 'ada',
      uuid: 'a',
      flagKey: 'f',
      ruleKey: 'r',
      variationKey: 'v',
    },
  ]);
  const [row] = (await second.database.ingest.runAndReadAll('SELECT raw FROM batches')).getRowObjectsJS();
  expect(gunzipSync(row?.raw as Uint8Array)).toEqual(Buffer.from(batch.raw));
  await second.store.append(batchOf([seen('c')]));
  expect((await readNewestEvents(second.database.read, 1))[0]).toMatchObject({ seq: 3, uuid: 'c' });
  await second.close();
});

test('an event is kept once: within a batch, among batches at the same time, later, and after a restart', async () => {
  const folder = await makeFolder();
  const first = await open(folder);
  const fresh = await Promise.all([
    first.store.append(batchOf([seen('a'), seen('b'), seen('a')])),
    first.store.append(batchOf([seen('b'), seen('c')])),
  ]);
  expect(fresh.map((events) => events.map(({ uuid }) => uuid))).toEqual([['a', 'b'], ['c']]);
  expect(await first.store.append(batchOf([seen('a')]))).toEqual([]);
  await first.close();
  const second = await open(folder);
  expect((await second.store.append(batchOf([seen('a'), seen('d')]))).map(({ uuid }) => uuid)).toEqual(['d']);
  expect((await readNewestEvents(second.database.read, 10)).map(({ uuid }) => uuid)).toEqual(['d', 'c', 'b', 'a']);
  await second.close();
});

test('any text is kept as it is: NUL, emoji, quotes; half a surrogate pair becomes the replacement character', async () => {
  const { database, store, close } = await open(await makeFolder());
  const texts = ['a\u0000b', '\u{1f680}', `'; DROP TABLE events; --`, '<script>alert(1)</script>', '\ud800'];
  await store.append(batchOf(texts.map((visitorId) => conversion({ visitorId }))));
  const kept = (await readNewestEvents(database.read, 10)).map(({ userId }) => userId).reverse();
  expect(kept).toEqual([...texts.slice(0, 4), '\ufffd']);
  await close();
});

test('listeners hear of events once they are kept, with the numbers they are kept under', async () => {
  const { database, store, close } = await open(await makeFolder());
  const heard: unknown[] = [];
  const unsubscribe = store.subscribe((rows) => heard.push(...rows));
  const unserved = impression({ ruleId: '', variationId: '', visitorId: 'eve', uuid: 'unserved' });
  await store.append(batchOf([seen('a'), conversion({ visitorId: 'bob' }), unserved]));
  unsubscribe();
  await store.append(batchOf([seen('b')]));
  expect(heard).toEqual((await readNewestEvents(database.read, 10)).slice(1).reverse());
  expect(heard.at(-1)).toEqual({
    seq: 3,
    receivedAt: 1_700_000_000_000,
    kind: 'impression',
    revision: '7',
    userId: 'eve',
    uuid: 'unserved',
    flagKey: 'f',
  });
  await close();
});

test('after clear everything is new again', async () => {
  const { database, store, close } = await open(await makeFolder());
  await store.append(batchOf([seen('a')]));
  await store.clear();
  expect(await readNewestEvents(database.read, 10)).toEqual([]);
  expect(await store.append(batchOf([seen('a')]))).toHaveLength(1);
  await close();
});

test('a batch that could not be kept is refused, and is new when it comes again', async () => {
  const folder = await makeFolder();
  const { database, store, close } = await open(folder);
  await database.ingest.run('BEGIN');
  await expect(store.append(batchOf([seen('a')]))).rejects.toThrow('transaction');
  expect((await store.append(batchOf([seen('a')]))).map(({ uuid }) => uuid)).toEqual(['a']);
  expect(await readNewestEvents(database.read, 10)).toHaveLength(1);
  await close();
});

test('many batches at once are all kept', async () => {
  const { database, store, close } = await open(await makeFolder());
  const batches = Array.from({ length: 80 }, (_, batch) =>
    batchOf(Array.from({ length: 100 }, (_, index) => seen(`${batch}-${index}`))),
  );
  const fresh = await Promise.all(batches.map((batch) => store.append(batch)));
  expect(fresh.every((events) => events.length === 100)).toBe(true);
  const counts = await database.ingest.runAndReadAll('SELECT count(*)::INTEGER, max(seq)::INTEGER FROM events');
  expect(counts.getRows()).toEqual([[8_000, 8_000]]);
  await close();
});

test.each([
  ['is a file', (folder: string) => join(folder, 'a-file')],
  ['is below a file', (folder: string) => join(folder, 'a-file', 'below')],
  ['is below a file with a lock in its name', (folder: string) => join(folder, 'clock', 'below')],
  ['has a database file that is none', (folder: string) => folder],
])('a folder that %s is refused with a sentence that names it and says what to do', async (_, choose) => {
  const folder = await makeFolder();
  for (const name of ['a-file', 'clock', 'events.duckdb']) await writeFile(join(folder, name), 'something else');
  const chosen = choose(folder);
  await expect(openEventDatabase(chosen)).rejects.toThrow(
    new RegExp(`^Events cannot be kept in ${chosen}: .+; choose another folder\\.$`),
  );
});

test('a folder that another process uses is refused with a sentence', async () => {
  const folder = await makeFolder();
  const script = `
    const { createRequire } = require('node:module');
    const { DuckDBInstance } = createRequire(${JSON.stringify(import.meta.url)})('@duckdb/node-api');
    DuckDBInstance.create(${JSON.stringify(join(folder, 'events.duckdb'))}).then(() => {
      process.stdout.write('open');
      process.stdin.resume();
    });
  `;
  const other = spawn(process.execPath, ['-e', script]);
  onTestFinished(() => void other.kill());
  await new Promise((resolve) => other.stdout.once('data', resolve));
  await expect(openEventDatabase(folder)).rejects.toThrow(`Another process keeps its events in ${folder}`);
});
