/** Whether what a run came to keeps the promises. */
import type { Outcome, Scenario } from './scenario.ts';

/** A problem that goes on is told once in a while, not with every event: so often, and again every five minutes. */
const MOST_TOLD = 5;
const TOLD_AGAIN_SECONDS = 300;
/** What waits is bounded by 10,000 events and 20 MiB; on the heap that takes about three times as much. */
const MOST_HEAP_MB = 64;

/** Returns the promises that were broken, as sentences. */
export function judge(scenario: Scenario, outcome: Outcome): readonly string[] {
  const { recorded, arrived, twice, dropped, pending, settledAfter, told, heapMb } = outcome;
  const { mayDrop = {}, trouble = {} } = scenario;
  const broken: string[] = [...(outcome.broken ?? [])];
  const droppedInAll = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  for (const [reason, count] of Object.entries(dropped)) {
    const allowed = mayDrop[reason] ?? 0;
    if (count > allowed) broken.push(`${count} were dropped as ${reason}; at most ${allowed} may be`);
  }
  if (pending > 0 || settledAfter === null) broken.push(`${pending} were still pending at the end`);
  const unaccounted = recorded - arrived - droppedInAll - pending;
  if (unaccounted !== 0) broken.push(`${unaccounted} neither arrived nor were counted as dropped or pending`);
  const mayRepeat = trouble.failures?.some(({ answer }) => answer === 'lost') || scenario.kind === 'restarts';
  if (twice > 0 && !mayRepeat) broken.push(`${twice} arrived twice although every answer arrived`);
  const mostTold = MOST_TOLD + scenario.seconds / TOLD_AGAIN_SECONDS;
  if (told[1] > mostTold) broken.push(`the problem ${told[0]} was told ${told[1]} times`);
  if (heapMb > MOST_HEAP_MB) broken.push(`${Math.round(heapMb)} MB of heap were in use`);
  return broken;
}
