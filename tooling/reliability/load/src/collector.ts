/**
 * The other end of a load: reads which events a request holds, and answers as the scenario says. The same in fast motion, behind
 * a `fetch`, and behind real sockets.
 *
 * Events are told apart by a number the application gave them, not by the ids of an SDK, so that two SDKs can be compared.
 */
import { createRandom } from './random.ts';
import type { Failure, Trouble } from './scenario.ts';

/** What a request comes to. */
export type Verdict = Failure['answer'];

/** Counts what arrives. */
export interface Collector {
  /**
   * Reads a request that arrived `atSecond` seconds after the start and tells what to answer; takes its events unless the answer
   * says otherwise.
   */
  receive(body: string, atSecond: number): Verdict;
  readonly counts: CollectorCounts;
  /** Numbers of the events that arrived. */
  readonly seen: ReadonlySet<number>;
}

/** What arrived. */
export interface CollectorCounts {
  readonly requests: number;
  /** Distinct events. */
  readonly arrived: number;
  readonly twice: number;
}

/** Numbers of events in bodies of either kind. */
const NUMBERS = /"(?:visitor_id|action)":"n(\d+)"/g;

/** Creates a collector; `random` repeats itself. */
export function createCollector(trouble: Trouble = {}): Collector {
  const { failures = [], poisonEach = 0, poisonStatus = 500, down = [], downAnswer = 'reset' } = trouble;
  const { maxEvents = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY, limitStatus = 413 } = trouble;
  const random = createRandom(7);
  const seen = new Set<number>();
  let requests = 0;
  let twice = 0;

  function judge(numbers: readonly number[], bytes: number, atSecond: number): Verdict {
    if (down.some(([from, to]) => atSecond >= from && atSecond < to)) return downAnswer;
    if (numbers.length > maxEvents || bytes > maxBytes) return limitStatus;
    let draw = random();
    for (const { share, answer } of failures) {
      if (draw < share) return answer;
      draw -= share;
    }
    return poisonEach > 0 && numbers.some((number) => isPoison(number, poisonEach)) ? poisonStatus : 204;
  }

  return {
    receive(body, atSecond) {
      requests += 1;
      const numbers = Array.from(body.matchAll(NUMBERS), ([, number]) => Number(number));
      const verdict = judge(numbers, body.length, atSecond);
      if (verdict !== 204 && verdict !== 'lost') return verdict;
      for (const number of numbers) {
        if (seen.has(number)) twice += 1;
        seen.add(number);
      }
      return verdict;
    },
    seen,
    get counts() {
      return { requests, arrived: seen.size, twice };
    },
  };
}

/** Whether an event is one that is never taken. */
function isPoison(number: number, poisonEach: number): boolean {
  return number % poisonEach === poisonEach - 1;
}
