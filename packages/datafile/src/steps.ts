/**
 * Work in steps: the same code builds a config either at once, or in slices that leave the event loop free in between.
 */
import { monotonicNow } from '@sortition/http';

/** Yields between pieces of work of well under a millisecond; returns the result. */
export type Steps<T> = Generator<void, T, void>;

/** Short enough for a busy server, long compared with the cost of a turn. */
const SLICE_MS = 10;

/** Number of entities per step. */
const PIECE = 50;

/** Calls `work` for each item, in steps. */
export function* eachInPieces<T>(items: readonly T[], work: (item: T) => void): Steps<void> {
  for (let index = 0; index < items.length; index += 1) {
    work(items[index] as T);
    if (index % PIECE === PIECE - 1) yield;
  }
  yield;
}

/** Runs all steps now. */
export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs the steps over several turns of the event loop. */
export async function runInTurns<T>(steps: Steps<T>, turn: () => Promise<void> = nextTurn): Promise<T> {
  for (;;) {
    const end = monotonicNow() + SLICE_MS;
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      if (monotonicNow() >= end) break;
    }
    await turn();
  }
}

/** Resolves in the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Resolves when a page is idle, after a second at most; elsewhere the same as `nextTurn`. */
export function whenIdle(): Promise<void> {
  const { requestIdleCallback } = globalThis as {
    readonly requestIdleCallback?: (run: () => void, options: { readonly timeout: number }) => void;
  };
  if (!requestIdleCallback) return nextTurn();
  return new Promise((resolve) => requestIdleCallback(() => resolve(), { timeout: 1_000 }));
}
