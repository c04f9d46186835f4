/** Runs one simulation at a time and knows how far it is. */
import { randomUUID } from 'node:crypto';
import type { SimulationProgress } from '../api/simulation-progress.ts';
import { simulateVisitors } from './simulate-visitors.ts';

/** Starts simulations and tells about the last one. */
export interface Simulations {
  /** Must not be called while one is running. */
  start(order: { readonly visitors: number; readonly seed: number }): SimulationProgress;
  current(): SimulationProgress | undefined;
  /** Ends a running simulation. */
  close(): Promise<void>;
}

/** @param url The lab whose traffic is simulated. */
export function createSimulations(url: string): Simulations {
  let current: (() => SimulationProgress) | undefined;
  let running: Promise<void> = Promise.resolve();
  const closing = new AbortController();

  return {
    start({ visitors: total, seed }) {
      const id = randomUUID();
      const startedAt = performance.now();
      let done = 0;
      let outcome: Partial<SimulationProgress> = {};
      const seconds = () => (performance.now() - startedAt) / 1_000;
      const advance = (visitors: number) => {
        done += visitors;
      };
      running = simulateVisitors({ url, visitors: total, seed, advance, signal: closing.signal }).then(
        () => {
          outcome = { state: 'finished', seconds: seconds() };
        },
        (error: unknown) => {
          outcome = { state: 'failed', seconds: seconds(), error: error instanceof Error ? error.message : `${error}` };
        },
      );
      current = () => ({ id, done, total, state: 'running', seconds: seconds(), ...outcome });
      return current();
    },
    current: () => current?.(),
    close() {
      closing.abort();
      return running;
    },
  };
}
