/**
 * A process that records events without end until it is killed, for tests: writes each id to its output once `record` has
 * returned, which is when the store has acknowledged it.
 *
 * Arguments: directory of the store, endpoint, prefix of the ids; then "drain" to record nothing and end when nothing is left,
 * or the number of events after which it closes and ends.
 */
import { writeSync } from 'node:fs';
import { createKeepAliveFetch } from '@sortition/http/node';
import { createBatchEvents } from '../../src/index.ts';
import { createFileEventStore } from '../../src/node/index.ts';
import { createImpression } from '../recorded-events.ts';

const [directory = '', endpoint = '', prefix = '', mode] = process.argv.slice(2);
const count = mode === undefined || mode === 'drain' ? Infinity : Number(mode);
/** Who is killed is impatient; who comes to an end takes the time a busy machine needs. */
const { leaseMs, requestTimeoutMs } =
  count === Infinity ? { leaseMs: 2_000, requestTimeoutMs: 500 } : { leaseMs: 60_000, requestTimeoutMs: 30_000 };
const store = createFileEventStore({ directory, leaseMs });
// The global fetch takes longer to load than most producers live.
const fetch = createKeepAliveFetch();
const sink = createBatchEvents({ endpoint, store, fetch, flushIntervalMs: 20, requestTimeoutMs });
sink.attach({ problem: () => undefined, logEvent: () => undefined });

if (mode === 'drain') await drain();
else {
  for (let number = 0; number < count; number += 1) await recordNext(number);
  await sink.close({ timeoutMs: 60_000 });
}

async function recordNext(number: number): Promise<void> {
  const uuid = `${prefix}-${number}`;
  sink.record(createImpression({ uuid, attributes: { plan: 'x'.repeat(number % 700) } }));
  writeSync(1, `${uuid}\n`);
  if (number % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Ends when three looks in a row found nothing that somebody left. */
async function drain(): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    const before = sink.stats().delivered;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await sink.flush({ timeoutMs: 10_000 });
    quiet = sink.stats().delivered === before && sink.stats().pending === 0 ? quiet + 1 : 0;
  }
  const { pending } = await sink.close();
  writeSync(1, `pending ${pending}\n`);
}
