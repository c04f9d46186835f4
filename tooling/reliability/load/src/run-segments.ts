/** Segments of many users, asked for at a rate, in fast motion. */
import type { ContestantOptions, SegmentsContestant } from './contestant.ts';
import { startMeter } from './measure.ts';
import { mostTold } from './most-told.ts';
import { createRandom } from './random.ts';
import type { Outcome, Scenario } from './scenario.ts';
import { startVirtualTime } from './virtual-time.ts';

const TICK_MS = 20;
/** The default of `segmentsTimeoutMs`. */
const DEADLINE_MS = 10_000;
const ANSWER = JSON.stringify({
  data: { customer: { audiences: { edges: [{ node: { name: 'vip', state: 'qualified' } }] } } },
});

/**
 * Runs a scenario. `recorded` are fetches, `arrived` those that brought the segments. A fetch that fails brings `null` by its
 * deadline and the application goes on: those are `without-segments`.
 */
export async function runSegments(
  scenario: Scenario,
  seed: number,
  create: (options: ContestantOptions) => SegmentsContestant,
): Promise<Outcome> {
  const { perSecond, seconds, roundTripMs, trouble = {} } = scenario;
  const { down = [], failures = [] } = trouble;
  const meter = startMeter();
  const time = startVirtualTime(seed);
  const random = createRandom(3);
  const startedAt = performance.now();
  let requests = 0;
  const fetch = async (): Promise<Response> => {
    requests += 1;
    await new Promise((resolve) => setTimeout(resolve, roundTripMs));
    const second = (performance.now() - startedAt) / 1_000;
    if (down.some(([from, to]) => second >= from && second < to)) throw new TypeError('fetch failed');
    let draw = random();
    for (const { share, answer } of failures) {
      if (draw < share) {
        if (typeof answer !== 'number') throw new TypeError('fetch failed');
        return new Response(null, { status: answer });
      }
      draw -= share;
    }
    return new Response(ANSWER, { headers: { 'content-type': 'application/json' } });
  };
  const contestant = create({ fetch });
  let recorded = 0;
  let arrived = 0;
  let without = 0;
  let rejected = 0;
  let slowestMs = 0;
  const ask = async (number: number): Promise<void> => {
    const before = performance.now();
    try {
      if (await contestant.fetchSegments(number)) arrived += 1;
      else without += 1;
    } catch {
      rejected += 1;
    }
    slowestMs = Math.max(slowestMs, performance.now() - before);
  };
  try {
    await time.advance(1);
    const ticks = (seconds * 1_000) / TICK_MS;
    for (let tick = 1; tick <= ticks; tick += 1) {
      for (const due = Math.floor((perSecond * tick * TICK_MS) / 1_000); recorded < due; recorded += 1)
        void ask(recorded);
      await time.advance(TICK_MS);
      if (tick % Math.ceil(ticks / 4) === 0) meter.sample();
    }
    const endedAt = performance.now();
    const pending = () => recorded - arrived - without - rejected;
    while (pending() > 0 && performance.now() - endedAt < 60_000) await time.advance(100);
    const broken: string[] = [];
    if (rejected > 0) broken.push(`${rejected} fetches of segments rejected`);
    if (slowestMs > DEADLINE_MS + 100) broken.push(`a fetch of segments took ${Math.round(slowestMs)} ms`);
    // Each belongs to a fetch of its own.
    const problems = new Map([...contestant.problems].filter(([code]) => code !== 'segments-failed'));
    return {
      recorded,
      arrived,
      twice: 0,
      dropped: without > 0 ? { 'without-segments': without } : {},
      pending: pending(),
      settledAfter: pending() === 0 ? (performance.now() - endedAt) / 1_000 : null,
      told: mostTold({ problems }),
      requests,
      broken,
      ...meter.read(),
    };
  } finally {
    const closed = contestant.close();
    await Promise.race([closed, time.advance(200)]);
    time.end();
  }
}
