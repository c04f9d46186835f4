/** An application with a file store whose process is killed again and again, on real sockets and in real time. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome, Scenario } from './scenario.ts';
import { startCollector } from './start-collector.ts';

/** Of one process: each is killed after it, in the middle of its work. */
const LIFE_MS = 1_000;
const DRAIN_MS = 60_000;
const NUMBERS_PER_PROCESS = 1_000_000;

/** Runs a scenario: `recorded` are events whose `decide` had returned when their process was killed. */
export async function runRestarts(scenario: Scenario): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'sortition-load-'));
  const collector = await startCollector(scenario);
  const recorded = new Set<number>();
  let heapMb = 0;
  let cpuMs = 0;
  const note = ({ numbers, cost }: Life): void => {
    for (const number of numbers) recorded.add(number);
    heapMb = Math.max(heapMb, cost.heapMb);
    cpuMs += cost.cpuMs;
  };
  try {
    const processes = Math.round((scenario.seconds * 1_000) / LIFE_MS);
    for (let index = 0; index < processes; index += 1) {
      const first = index * NUMBERS_PER_PROCESS;
      note(await live([directory, collector.origin, String(first), String(scenario.perSecond)], LIFE_MS));
    }
    const endedAt = performance.now();
    note(await live([directory, collector.origin, '0', '0'], DRAIN_MS));
    const { seen, twice, requests } = await collector.read();
    const arrived = seen.filter((number) => recorded.has(number)).length;
    return {
      recorded: recorded.size,
      arrived,
      twice,
      dropped: {},
      pending: recorded.size - arrived,
      settledAfter: (performance.now() - endedAt) / 1_000,
      told: ['', 0],
      requests,
      heapMb,
      cpuMs,
    };
  } finally {
    collector.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What a process said until it was killed. */
interface Life {
  /** Of the events it had recorded. */
  readonly numbers: readonly number[];
  /** At its last report. */
  readonly cost: { readonly heapMb: number; readonly cpuMs: number };
}

/** Starts a producer, kills it after its first line and `ms` more, and resolves what it had written in full lines. */
function live(args: readonly string[], ms: number): Promise<Life> {
  const file = fileURLToPath(new URL('./producer.mjs', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), ms));
  // One that says nothing is a drain, which ends by itself.
  const longest = setTimeout(() => child.kill('SIGKILL'), DRAIN_MS);
  return new Promise((resolve) => {
    child.once('close', () => {
      clearTimeout(longest);
      resolve(read(text.split('\n').slice(0, -1)));
    });
  });
}

function read(lines: readonly string[]): Life {
  const isCost = (line: string): boolean => line.startsWith('cost ');
  const [, heapMb = 0, cpuMs = 0] = lines.filter(isCost).at(-1)?.split(' ').map(Number) ?? [];
  return { numbers: lines.filter((line) => !isCost(line)).map(Number), cost: { heapMb, cpuMs } };
}
