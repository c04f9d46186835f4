/** Events under load in fast motion: minutes and hours of it in seconds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCollector } from './collector.ts';
import type { Contestant, ContestantOptions } from './contestant.ts';
import { startMeter } from './measure.ts';
import { mostTold } from './most-told.ts';
import type { Outcome, Scenario } from './scenario.ts';
import { createVirtualFetch } from './virtual-fetch.ts';
import { startVirtualTime } from './virtual-time.ts';

/** Between two moments at which something is recorded. */
const TICK_MS = 20;
/** How often the heap is looked at in a run. */
const SAMPLES = 6;
const SETTLE_SECONDS = 60;

/** Runs a scenario with a contestant. @param seed Of chance. */
export async function runDelivery(
  scenario: Scenario,
  seed: number,
  create: (options: ContestantOptions) => Contestant,
): Promise<Outcome> {
  const { perSecond, seconds, trouble, hasStore, settleSeconds = SETTLE_SECONDS } = scenario;
  const directory = hasStore ? mkdtempSync(join(tmpdir(), 'sortition-load-')) : undefined;
  const meter = startMeter();
  const time = startVirtualTime(seed);
  const collector = createCollector(trouble);
  const contestant = create({ fetch: createVirtualFetch(collector, scenario), directory });
  let recorded = 0;
  const record = (upTo: number) => {
    for (; recorded < upTo; recorded += 1) contestant.record(recorded);
  };
  const isSettled = () => {
    const report = contestant.report();
    return report ? report.pending === 0 : collector.counts.arrived === recorded;
  };
  try {
    // Loading the datafile is not part of the load.
    await time.advance(1);
    if (seconds === 0) record(perSecond);
    const ticks = Math.round((seconds * 1_000) / TICK_MS);
    for (let tick = 1; tick <= ticks; tick += 1) {
      record(Math.floor((perSecond * tick * TICK_MS) / 1_000));
      await time.advance(TICK_MS);
      if (tick % Math.ceil(ticks / SAMPLES) === 0) meter.sample();
    }
    const endedAt = performance.now();
    // What is recorded last waits for its batch to fill; an application that ends or pauses flushes.
    void contestant.flush();
    while (!isSettled() && performance.now() - endedAt < settleSeconds * 1_000) await time.advance(100);
    const settledAfter = isSettled() ? (performance.now() - endedAt) / 1_000 : null;
    const closed = contestant.close().catch(() => undefined);
    await Promise.race([closed, time.advance(6_000)]);
    meter.sample();
    const { arrived, twice, requests } = collector.counts;
    const report = contestant.report();
    const dropped = report?.dropped ?? {};
    const pending = report?.pending ?? 0;
    return {
      recorded,
      arrived,
      twice,
      dropped,
      pending,
      settledAfter,
      requests,
      told: mostTold(contestant),
      ...meter.read(),
    };
  } finally {
    time.end();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  }
}
