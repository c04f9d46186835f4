/** Runs the scenarios, prints each as it ends, and the table. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@sortition/report/programs';
import { judge } from './judge.ts';
import { runOfficial, runOurs } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS, SHORT_SCENARIOS } from './scenarios.ts';
import { formatRow, formatTable, type Row } from './table.ts';

/** What to run. */
export interface LoadRun {
  readonly short: boolean;
  /** Texts in the kind and name of a scenario; none: all of them. */
  readonly only: readonly string[];
  readonly seed: number;
}

/** Runs what is chosen. Resolves the exit code. @param root Folder of the workspace. */
export async function main({ short, only, seed }: LoadRun, root: string): Promise<number> {
  const scenarios = (short ? SHORT_SCENARIOS : SCENARIOS).filter(
    ({ kind, name }) => only.length === 0 || only.some((text) => `${kind}: ${name}`.includes(text)),
  );
  if (scenarios.length === 0) {
    console.error(`No load is called ${only.join(' or ')}.`);
    return 2;
  }
  if (scenarios.some(({ kind }) => kind === 'profiles') && findProgram('redis-server') === undefined) {
    console.error('redis-server is not on PATH; install it (Debian: apt-get install redis-server), or choose others.');
    return 2;
  }
  const startedAt = Date.now();
  const elapsed = () => Math.round((Date.now() - startedAt) / 1_000);
  const rows: Row[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    process.stderr.write(`[${index + 1}/${scenarios.length}, ${elapsed()} s] ${scenario.kind}: ${scenario.name}\n`);
    const row = await runRow(scenario, seed, !short);
    rows.push(row);
    process.stderr.write(`${formatRow(row)}\n`);
  }
  const broken = rows.filter((row) => row.broken.length > 0);
  const seconds = elapsed();
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const report = {
    date: new Date(startedAt).toISOString(),
    node: process.version,
    commit,
    isShort: short,
    isPart: only.length > 0,
    seconds,
    loads: rows.length,
    broken: broken.length,
    table: formatTable(rows),
  };
  mkdirSync(join(root, '.reports'), { recursive: true });
  writeFileSync(join(root, '.reports', 'load.json'), `${JSON.stringify(report, null, 2)}\n`);
  console.log(formatTable(rows).join('\n'));
  console.log(`${rows.length} loads in ${seconds} s, ${broken.length} with a broken promise`);
  return broken.length > 0 ? 1 : 0;
}

async function runRow(scenario: Scenario, seed: number, withOfficial: boolean): Promise<Row> {
  const ours = await runOurs(scenario, seed);
  const official = withOfficial ? await runOfficial(scenario, seed) : null;
  return { scenario, ours, official, broken: judge(scenario, ours) };
}
