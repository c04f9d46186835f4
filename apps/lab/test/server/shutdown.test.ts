/** A lab that stops while it is read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEventDatabase } from '../../src/server/event-database.ts';
import { startLab } from '../../src/server/lab.ts';
import { get, revisionOf } from './running-lab.ts';
import { impression, sendEvents } from './wire-events.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sortition-stop-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Would run for minutes. */
const ENDLESS = 'SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b';

test('[LAB-03] closing interrupts reads, also those that wait and those between two statements, and ends soon', async () => {
  const database = await openEventDatabase(await makeFolder());
  const reads = Array.from({ length: 6 }, (_, index) =>
    database.read(async (connection) => {
      if (index % 2 === 0) await connection.runAndReadAll('SELECT 1');
      return connection.runAndReadAll(ENDLESS);
    }),
  );
  const outcomes = Promise.allSettled(reads);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const startedAt = performance.now();
  await database.close();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('stopping') } });
  }
  await expect(database.read(async () => 1)).rejects.toThrow('stopping');
});

test('[LAB-03] a read ends with its answer when it is faster than the end', async () => {
  const database = await openEventDatabase(await makeFolder());
  const rows = await database.read(async (connection) => (await connection.runAndReadAll('SELECT 41 + 1')).getRows());
  expect(rows).toEqual([[42]]);
  await database.close();
  await database.close();
});

test('[LAB-03] a lab stops while results, events and streams are read from many sides', async () => {
  const dataFolder = await makeFolder();
  const lab = await startLab({ port: 0, dataFolder, pageFolder: dataFolder });
  const revision = await revisionOf(lab.url);
  const crowd = Array.from({ length: 4_000 }, (_, index) =>
    impression({ ruleId: '2003', visitorId: `v${index}`, variationId: '2301', timestamp: index }),
  );
  await sendEvents(lab.url, revision, crowd);
  let isOver = false;
  const reading = Array.from({ length: 12 }, async (_, index) => {
    const path = ['results/2003', 'events?q=v1', 'events/stream'][index % 3];
    while (!isOver)
      await fetch(`${lab.url}/api/${path}`)
        .then((response) => response.text())
        .catch(() => undefined);
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const startedAt = performance.now();
  await lab.close();
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  isOver = true;
  await Promise.all(reading);
  const again = await startLab({ port: 0, dataFolder, pageFolder: dataFolder });
  expect(await get(`${again.url}/api/events?limit=1`)).toMatchObject([{ seq: 4_000 }]);
  await again.close();
});
