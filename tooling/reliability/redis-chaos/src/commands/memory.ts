/** The heap of a process that decides for millions of distinct users over the memory store. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClient, createMemoryProfileStore, createStaticConfig } from 'sortition';
import { flagKeyOf, fleetDatafile } from '../fleet-datafile.ts';

const STEPS = 10;
/** The heap may end this much larger (MB) than it was after the first tenth. */
const LIMIT_MB = 5;

/** @param args Decisions, 5,000,000 unless given. */
export async function run([decisions = '5000000']: readonly string[]): Promise<boolean> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const client = createClient({
    config: createStaticConfig({ datafile: fleetDatafile(1) }),
    profiles: createMemoryProfileStore(),
    events: null,
  });
  const flagKey = flagKeyOf(0);
  const perStep = Number(decisions) / STEPS;
  const heap: number[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    for (let index = 0; index < perStep; index += 1) client.createUserContext(`user-${step}-${index}`).decide(flagKey);
    collect();
    heap.push(Number((process.memoryUsage().heapUsed / 2 ** 20).toFixed(1)));
  }
  console.table(heap.map((usedMb, step) => ({ decisions: (step + 1) * perStep, 'heap (MB)': usedMb })));
  return (heap.at(-1) ?? 0) - (heap[0] ?? 0) < LIMIT_MB;
}
