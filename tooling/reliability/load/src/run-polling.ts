/** A datafile that is polled while its server fails, in fast motion. */
import type { ContestantOptions, PollingContestant } from './contestant.ts';
import { startMeter } from './measure.ts';
import { mostTold } from './most-told.ts';
import { createDatafile, POLL_INTERVAL_MS } from './project.ts';
import { createRandom } from './random.ts';
import type { Outcome, Scenario } from './scenario.ts';
import { startVirtualTime } from './virtual-time.ts';

const PUBLISH_SECONDS = 3_600;
/** After failures it is asked again every five minutes at the least: this is ten times, of which some fail too. */
const DUE_SECONDS = 3_000;

/**
 * Runs a scenario: a new revision every hour. `recorded` are revisions that could be fetched for fifty minutes on end, `arrived` those that decisions were made from.
 */
export async function runPolling(
  scenario: Scenario,
  seed: number,
  create: (options: ContestantOptions) => PollingContestant,
): Promise<Outcome> {
  const { seconds, roundTripMs, trouble = {} } = scenario;
  const { down = [], failures = [], downAnswer = 'reset' } = trouble;
  const meter = startMeter();
  const time = startVirtualTime(seed);
  const random = createRandom(5);
  const startedAt = performance.now();
  const second = () => (performance.now() - startedAt) / 1_000;
  const isDown = () => down.some(([from, to]) => second() >= from && second() < to);
  const revision = () => Math.floor(second() / PUBLISH_SECONDS) + 1;
  let requests = 0;
  const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    requests += 1;
    await pause(roundTripMs, init?.signal);
    const drawn = failures.find(({ share }) => random() < share)?.answer;
    const answer = isDown() ? downAnswer : drawn;
    if (typeof answer === 'number') return new Response(null, { status: answer });
    if (answer === 'page') return new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
    if (answer !== undefined) throw new TypeError('fetch failed');
    return Response.json(createDatafile(undefined, String(revision())), { headers: { etag: `"${revision()}"` } });
  };
  const contestant = create({ fetch });
  const seen = new Set<string>();
  const due = new Set<string>();
  let missing = 0;
  let clearSince = 0;
  try {
    let lastRevision = revision();
    let changedAt = second();
    for (let passed = 0; passed < seconds; passed += 1) {
      await time.advance(1_000);
      const current = contestant.revision();
      if (current !== undefined) seen.add(current);
      if (current !== undefined && contestant.decide() === null) missing += 1;
      if (isDown()) clearSince = second();
      if (revision() !== lastRevision) {
        lastRevision = revision();
        changedAt = second();
      }
      // Whatever was published and could be fetched for this long has to be in use.
      if (second() - Math.max(clearSince, changedAt) > DUE_SECONDS) due.add(String(lastRevision));
      if (passed % Math.ceil(seconds / 4) === 0) meter.sample();
    }
    const left = [...due].filter((each) => !seen.has(each));
    const broken: string[] = [];
    if (missing > 0) broken.push(`${missing} decisions had no variation although a datafile had been there`);
    if (left.length > 0) broken.push(`the revisions ${left.join(', ')} were never in use`);
    const most = (seconds / POLL_INTERVAL_MS) * 1_000 * 2 + 50;
    if (requests > most) broken.push(`${requests} requests were made; at most ${Math.round(most)} are in order`);
    const arrived = [...due].filter((each) => seen.has(each)).length;
    return {
      recorded: due.size,
      arrived,
      twice: 0,
      dropped: {},
      pending: due.size - arrived,
      settledAfter: 0,
      told: mostTold(contestant),
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

function pause(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
