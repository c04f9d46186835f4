/** The command line: a long run over many seeds, or the replay of one call. */
import { parseArgs } from 'node:util';
import { compareScenarios, type Mismatch } from './compare.ts';
import {
  comparePayloads,
  comparePayloadsOf,
  createPayloadComparison,
  type PayloadComparison,
} from './compare-payloads.ts';
import { replay } from './replay.ts';
import { formatMismatch } from './report.ts';

/** Mismatches shown in full; the rest is counted. */
const SHOWN = 5;

/** Runs with the arguments after the command name; resolves the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      decisions: { type: 'string', default: '200000' },
      seed: { type: 'string', default: '1' },
      scenario: { type: 'string' },
      call: { type: 'string' },
      shrink: { type: 'boolean', default: false },
      events: { type: 'string' },
      payloads: { type: 'string' },
    },
  });
  if (values.scenario !== undefined) return replay(Number(values.scenario), Number(values.call ?? 0), values.shrink);
  if (values.payloads !== undefined) return replayPayloads(Number(values.payloads));
  if (values.events !== undefined) return runPayloads(Number(values.seed), Number(values.events));
  const started = performance.now();
  const result = await compareScenarios(Number(values.seed), Number(values.decisions));
  for (const mismatch of result.mismatches.slice(0, SHOWN)) console.log(formatMismatch(mismatch));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { decisions, calls, scenarios, mismatches } = result;
  console.log(
    `${decisions} decisions in ${calls} calls on ${scenarios} datafiles, ${seconds} s: ${mismatches.length} mismatches`,
  );
  for (const [path, count] of countPaths(mismatches)) console.log(`  ${count} × ${path}`);
  return mismatches.length > 0 ? 1 : 0;
}

function countPaths(mismatches: readonly Mismatch[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { differences } of mismatches) {
    const paths = new Set(differences.map(({ path }) => path.replaceAll(/\[\d+\]/g, '[]')));
    for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 20);
}

async function runPayloads(seed: number, events: number): Promise<number> {
  const started = performance.now();
  const result = await comparePayloads(seed, events);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return reportPayloads(result, `, ${seconds} s`);
}

async function replayPayloads(seed: number): Promise<number> {
  const result = createPayloadComparison();
  await comparePayloadsOf(seed, result);
  return reportPayloads(result, '');
}

function reportPayloads(result: PayloadComparison, time: string): number {
  const { events, conversions, scenarios, sources, mismatches } = result;
  for (const { seed, differences } of mismatches.slice(0, SHOWN)) {
    console.log(`replay: --payloads ${seed}`);
    for (const { path, official, ours } of differences.slice(0, SHOWN)) {
      console.log(`  ${path}\n    official ${JSON.stringify(official)}\n    ours     ${JSON.stringify(ours)}`);
    }
  }
  console.log(
    `${events} events, ${conversions} of them conversions, on ${scenarios} datafiles${time}: ${mismatches.length} mismatches`,
  );
  const shares = [...sources].sort().map(([source, count]) => `${count} ${source}`);
  console.log(`impressions: ${shares.join(', ')}`);
  return mismatches.length > 0 ? 1 : 0;
}
