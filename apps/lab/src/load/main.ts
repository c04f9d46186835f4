/**
 * How much the lab takes: conditional requests for the datafile, then events in batches of 100. The lab runs in a thread
 * of its own, with an empty database in a folder for temporary files. Ends with exit code 1 when it takes less than it
 * must.
 */
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EventRow } from '../api/event-row.ts';
import { type LoadResult, runClosedLoop } from './closed-loop.ts';
import { createBatchSource } from './event-batches.ts';

const SECONDS = 10;
const CONNECTIONS = 32;
const BATCH_SIZE = 100;
const NEEDED_DATAFILES = 2_000;
const NEEDED_EVENTS = 20_000;
const MOST_BYTES_PER_EVENT = 250;

const dataFolder = await mkdtemp(join(tmpdir(), 'sortition-load-'));
const worker = new Worker(new URL('./load-lab.js', import.meta.url), { workerData: { dataFolder } });
const exited = once(worker, 'exit');
try {
  const [url] = (await once(worker, 'message')) as [string];
  console.log(`The lab is at ${url}, on ${availableParallelism()} cores. Two measurements of ${SECONDS} s each.`);
  const datafiles = await measureDatafiles(url);
  const events = await measureEvents(url);
  await stop();
  const bytes = await measureDisk(events.kept);
  const isEnough = datafiles >= NEEDED_DATAFILES && events.perSecond >= NEEDED_EVENTS && bytes <= MOST_BYTES_PER_EVENT;
  process.exitCode = isEnough ? 0 : 1;
} finally {
  await stop();
  await rm(dataFolder, { recursive: true });
}

async function stop(): Promise<void> {
  worker.postMessage('stop');
  await exited;
}

/** Bytes per event in the folder of a lab that was stopped: events, and the batches they came in. */
async function measureDisk(events: number): Promise<number> {
  const sizes = await Promise.all((await readdir(dataFolder)).map((name) => stat(join(dataFolder, name))));
  const bytes = sizes.reduce((sum, { size }) => sum + size, 0);
  const each = bytes / events;
  const verdict = each <= MOST_BYTES_PER_EVENT ? 'enough room' : 'TOO MANY';
  console.log(`\n${format(each)} bytes on disk per event, at most ${MOST_BYTES_PER_EVENT}: ${verdict}`);
  return each;
}

async function measureDatafiles(url: string): Promise<number> {
  console.log('\nDatafile, not modified (304):');
  const datafile = `${url}/datafiles/lab.json`;
  const etag = (await fetch(datafile)).headers.get('etag') ?? '';
  const result = await runClosedLoop({
    url: datafile,
    method: 'GET',
    headers: { 'if-none-match': etag },
    connections: CONNECTIONS,
    seconds: SECONDS,
    status: 304,
    onSecond: (answers) => console.log(`  ${format(answers)} answers/s`),
  });
  return report('datafile 304s/s', result.perSecond, NEEDED_DATAFILES, result);
}

async function measureEvents(url: string): Promise<{ readonly kept: number; readonly perSecond: number }> {
  console.log(`\nEvents, in batches of ${BATCH_SIZE}:`);
  const result = await runClosedLoop({
    url: `${url}/v1/events`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: createBatchSource(BATCH_SIZE, 'load'),
    connections: CONNECTIONS,
    seconds: SECONDS,
    status: 204,
    onSecond: (batches) => console.log(`  ${format(BATCH_SIZE * batches)} events/s`),
  });
  const sent = BATCH_SIZE * result.answers;
  const [newest] = (await (await fetch(`${url}/api/events?limit=1`)).json()) as EventRow[];
  if (newest?.seq !== sent) {
    throw new Error(`${sent} events were accepted, but ${newest?.seq ?? 0} kept`);
  }
  console.log(`  ${format(sent)} events accepted, and as many are in the database`);
  return { kept: sent, perSecond: report('events/s', BATCH_SIZE * result.perSecond, NEEDED_EVENTS, result) };
}

function report(what: string, measured: number, needed: number, { p99Ms, cores }: LoadResult): number {
  const verdict = measured >= needed ? 'enough' : 'TOO FEW';
  console.log(`${format(measured)} ${what}, ${format(needed)} needed: ${verdict}`);
  console.log(`  (99 % of the answers within ${p99Ms.toFixed(1)} ms; ${cores.toFixed(2)} cores busy, sender included)`);
  return measured;
}

function format(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
