/** A collector per test, with what a sink needs to send to it; counts come from here and not from the sink. */
import type { EventSinkHost, LogEvent, Problem } from '@sortition/core';
import { createLabServer, createMemoryEventStore, type LabServer, type MemoryEventStore } from '@sortition/emulator';
import { onTestFinished } from 'vitest';
import { type BatchEventsOptions, createBatchEvents } from '../src/index.ts';

/** A running collector. */
export interface Collector {
  readonly lab: LabServer;
  readonly store: MemoryEventStore;
  readonly endpoint: string;
  /** Ids that arrived, sorted. */
  uuids(): string[];
  /** Events per request that reached the collector, in order. */
  batchSizes(): number[];
}

/** Starts a collector for the running test. */
export async function startCollector(): Promise<Collector> {
  const store = createMemoryEventStore();
  const lab = await createLabServer({ eventStore: store });
  onTestFinished(() => lab.close());
  return {
    lab,
    store,
    endpoint: `${lab.url}/v1/events`,
    uuids: () => [...store.events.keys()].sort(),
    batchSizes: () => store.batches.map(({ events }) => events.length),
  };
}

/** A sink with the host a client would give it. */
export function attachSink(options: BatchEventsOptions, extra: Partial<EventSinkHost> = {}) {
  const sink = createBatchEvents(options);
  const problems: Problem[] = [];
  const logEvents: LogEvent[] = [];
  sink.attach({ problem: (problem) => problems.push(problem), logEvent: (event) => logEvents.push(event), ...extra });
  onTestFinished(async () => {
    await sink.close({ timeoutMs: 0 });
  });
  return { sink, problems, logEvents, codes: () => problems.map(({ code }) => code) };
}

/** Waits until something holds; fails the test after a minute: a machine may be busy. */
export async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('what the test waits for did not happen within 60 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
