/** Events under load on real sockets, in real time. */
import type { Contestant, ContestantOptions } from './contestant.ts';
import { startMeter } from './measure.ts';
import { mostTold } from './most-told.ts';
import type { Outcome, Scenario } from './scenario.ts';
import { startCollector } from './start-collector.ts';

const TICK_MS = 10;

/** Runs a scenario with a contestant, against a collector in another process. */
export async function runOnSockets(
  scenario: Scenario,
  create: (options: ContestantOptions) => Contestant,
): Promise<Outcome> {
  const { perSecond, seconds, settleSeconds = 60 } = scenario;
  const collector = await startCollector(scenario);
  const contestant = create({ fetch: globalThis.fetch, origin: collector.origin });
  const meter = startMeter();
  let recorded = 0;
  try {
    const startedAt = performance.now();
    for (let passed = 0; passed < seconds * 1_000; ) {
      await pause(TICK_MS);
      passed = performance.now() - startedAt;
      const due = Math.floor((perSecond * Math.min(passed, seconds * 1_000)) / 1_000);
      for (; recorded < due; recorded += 1) contestant.record(recorded);
    }
    meter.sample();
    const endedAt = performance.now();
    void contestant.flush();
    const isSettled = async () => {
      const report = contestant.report();
      return report ? report.pending === 0 : (await collector.read()).arrived === recorded;
    };
    // The official SDK counts nothing: what does not arrive for this long is lost.
    const patienceMs = contestant.report() ? settleSeconds * 1_000 : 8_000;
    let settled = await isSettled();
    for (; !settled && performance.now() - endedAt < patienceMs; settled = await isSettled()) await pause(20);
    const settledAfter = settled ? (performance.now() - endedAt) / 1_000 : null;
    await contestant.close().catch(() => undefined);
    const { arrived, twice, requests } = await collector.read();
    const { dropped = {}, pending = 0 } = contestant.report() ?? {};
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
    collector.stop();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
