/** Rounds of a producer that is killed at a random moment, on one store, and what was acknowledged. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '@sortition/emulator';
import { createLabServer, createMemoryEventStore } from '@sortition/emulator';

/** What the rounds came to. */
export interface KillReport {
  /** Events whose `record` had returned when their process was killed. */
  readonly acknowledged: number;
  /** Acknowledged events that never reached the collector. */
  readonly lost: readonly string[];
  /** Events that reached it more than once. */
  readonly duplicates: number;
  /** Ids that reached it and that nobody recorded. */
  readonly unknown: readonly string[];
}

/** Faults of the collector during the rounds. */
const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 503, rate: 0.1 },
  { kind: 'commit-then-reset', rate: 0.05 },
  { kind: 'latency', ms: 5 },
];

/**
 * Kills a producer `rounds` times and then lets one drain the store.
 *
 * @param producer The compiled producer, a file Node runs.
 * @param random Uniform in `[0, 1)`: how long each producer lives.
 */
export async function runKillRounds(producer: string, rounds: number, random: () => number): Promise<KillReport> {
  const directory = mkdtempSync(join(tmpdir(), 'sortition-kill-'));
  const eventStore = createMemoryEventStore();
  const lab = await createLabServer({ eventStore });
  const endpoint = `${lab.url}/v1/events`;
  const acknowledged: string[] = [];
  try {
    lab.faults.set('events', FAULTS);
    for (let round = 0; round < rounds; round += 1) {
      const child = spawn(process.execPath, [producer, directory, endpoint, `r${round}`]);
      const output = readOutput(child);
      await firstOutput(child);
      await new Promise((resolve) => setTimeout(resolve, random() * 120));
      child.kill('SIGKILL');
      acknowledged.push(...(await output).slice(0, -1));
    }
    lab.faults.clear();
    const drain = spawn(process.execPath, [producer, directory, endpoint, 'drain', 'drain']);
    await readOutput(drain);
    const arrived = eventStore.events;
    return {
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((uuid) => !arrived.has(uuid)),
      duplicates: lab.events.counts.duplicates,
      unknown: [...arrived.keys()].filter((uuid) => !/^r\d+-\d+$/.test(uuid)),
    };
  } finally {
    await lab.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Lines of a process, once it is gone; the last one is what came after the last line break. */
function readOutput(child: ChildProcess): Promise<string[]> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('close', () => {
      if (errors === '') resolve(text.split('\n'));
      else reject(new Error(`the producer failed: ${errors}`));
    });
  });
}

function firstOutput(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.stdout?.once('data', () => resolve());
    child.once('close', () => resolve());
  });
}
