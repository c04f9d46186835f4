/** A long run over many seeds, or the replay of one call. */
import { pathToFileURL } from 'node:url';
import { compareScenarios, type Mismatch } from './compare.ts';
import {
  type ApiComparison,
  compareApi,
  compareApiDatafiles,
  compareApiScenario,
  createApiComparison,
} from './compare-api.ts';
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

/** The options of the command, which says what they are. */
export interface ConformanceOptions {
  readonly decisions: string;
  readonly seed: string;
  readonly scenario?: string;
  readonly call?: string;
  readonly shrink: boolean;
  readonly events?: string;
  readonly payloads?: string;
  readonly api?: string;
  readonly 'api-scenario'?: string;
  readonly datafiles?: string;
}

/** Runs what the options ask for; resolves the exit code. */
export async function main(values: ConformanceOptions): Promise<number> {
  if (values.scenario !== undefined) return replay(Number(values.scenario), Number(values.call ?? 0), values.shrink);
  if (values.payloads !== undefined) return replayPayloads(Number(values.payloads));
  if (values.events !== undefined) return runPayloads(Number(values.seed), Number(values.events));
  const { api, datafiles } = values;
  if (api !== undefined || values['api-scenario'] !== undefined)
    return runApi(Number(values.seed), Number(api), values['api-scenario'], datafiles);
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

function countPaths(mismatches: readonly Pick<Mismatch, 'differences'>[]): [string, number][] {
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

/** @param folder Of real datafiles, which get a tenth of the calls each. */
async function runApi(
  seed: number,
  calls: number,
  scenario: string | undefined,
  folder: string | undefined,
): Promise<number> {
  const started = performance.now();
  const total = scenario === undefined ? await compareApi(seed, calls) : createApiComparison();
  if (scenario !== undefined) await compareApiScenario(Number(scenario), total);
  else if (folder !== undefined) {
    const found = await compareApiDatafiles(pathToFileURL(`${folder}/`), seed, Math.ceil(calls / 10), total);
    console.log(found > 0 ? `${found} datafiles of ${folder}` : `no datafiles in ${folder}: skipped`);
  }
  return reportApi(total, (performance.now() - started) / 1000);
}

function reportApi(
  { calls, notes, sent, saves, scenarios, methods, mismatches }: ApiComparison,
  seconds: number,
): number {
  for (const { scenario, index, call, differences } of mismatches.slice(0, SHOWN)) {
    const { by, keys, method } = call;
    console.log(
      `--api-scenario ${scenario}, call ${index}: ${method} ${JSON.stringify({ keys, by, last: call.last() })}`,
    );
    for (const { path, official, ours } of differences.slice(0, SHOWN)) {
      console.log(`  ${path}\n    official ${JSON.stringify(official)}\n    ours     ${JSON.stringify(ours)}`);
    }
  }
  for (const [path, count] of countPaths(mismatches)) console.log(`  ${count} × ${path}`);
  const shares = [...methods].sort().map(([method, count]) => `${count} ${method}`);
  console.log(shares.join(', '));
  console.log(
    `${calls} calls on ${scenarios} datafiles, ${notes} notifications, ${sent} requests, ${saves} saved profiles, ${seconds.toFixed(1)} s: ${mismatches.length} mismatches`,
  );
  return mismatches.length > 0 ? 1 : 0;
}
