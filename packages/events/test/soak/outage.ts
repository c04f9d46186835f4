/** An outage of the collector in real time, with faults before, during the recovery and after it, and what it cost. */
import { createLabServer, createMemoryEventStore, type Fault } from '@sortition/emulator';
import { type ChaosProxy, startChaosProxy } from '@sortition/rig';
import { createBatchEvents } from '../../src/index.ts';
import { createImpression } from '../recorded-events.ts';

/** How the run goes. */
export interface OutageOptions {
  /** How long nothing gets through, in seconds. */
  readonly outageSeconds: number;
  /** Before the outage and after it, in seconds each. */
  readonly aroundSeconds: number;
  readonly eventsPerSecond: number;
}

/** What the run came to; counts are the collector's. */
export interface OutageReport {
  readonly produced: number;
  /** Distinct events that arrived. */
  readonly arrived: number;
  readonly lost: number;
  readonly duplicates: number;
  /** Ids that arrived and that nobody produced. */
  readonly unknown: number;
  readonly requests: number;
  readonly dropped: number;
  /** From the end of the outage until nothing was pending from before it, in milliseconds. */
  readonly caughtUpMs: number;
}

/** One request in twenty meets one of them, all along. */
const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 503, rate: 0.025 },
  { kind: 'reset', rate: 0.015 },
  { kind: 'commit-then-reset', rate: 0.005 },
  { kind: 'hang', rate: 0.005 },
];

/** Runs an outage. */
export async function runOutage(options: OutageOptions): Promise<OutageReport> {
  const { outageSeconds, aroundSeconds, eventsPerSecond } = options;
  const eventStore = createMemoryEventStore();
  const lab = await createLabServer({ eventStore });
  const proxy: ChaosProxy = await startChaosProxy({ port: lab.port });
  lab.faults.set('events', FAULTS);
  const sink = createBatchEvents({
    endpoint: `http://127.0.0.1:${proxy.port}/v1/events`,
    maxQueueSize: 50_000,
    maxQueueBytes: 64 * 2 ** 20,
    flushIntervalMs: 1_000,
  });
  const produced = new Set<string>();
  const produce = async (seconds: number): Promise<void> => {
    const end = performance.now() + seconds * 1_000;
    const start = performance.now();
    for (let made = 0; performance.now() < end; ) {
      const due = Math.floor(((performance.now() - start) * eventsPerSecond) / 1_000);
      for (; made < due; made += 1) {
        const event = createImpression({ uuid: crypto.randomUUID(), timestamp: Date.now() });
        produced.add(event.uuid);
        sink.record(event);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  try {
    await produce(aroundSeconds);
    await proxy.down();
    await produce(outageSeconds);
    await proxy.up();
    const upAt = performance.now();
    const caughtUp = sink.flush({ timeoutMs: 300_000 }).then(() => performance.now() - upAt);
    await produce(aroundSeconds);
    const caughtUpMs = await caughtUp;
    const { dropped } = await sink.close({ timeoutMs: 120_000 });
    const { unique, duplicates } = lab.events.counts;
    return {
      produced: produced.size,
      arrived: unique,
      lost: [...produced].filter((uuid) => !eventStore.events.has(uuid)).length,
      duplicates,
      unknown: [...eventStore.events.keys()].filter((uuid) => !produced.has(uuid)).length,
      requests: eventStore.batches.length,
      dropped,
      caughtUpMs: Math.round(caughtUpMs),
    };
  } finally {
    await sink.close({ timeoutMs: 0 });
    await proxy.close();
    await lab.close();
  }
}
