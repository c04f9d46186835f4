/**
 * Work in steps: building a config is written once, and runs at once where the caller needs it now, or a slice at a time
 * where the event loop has other things to do.
 */
import { monotonicNow } from '@sortition/http';

/** Yields between pieces of work of well under a millisecond; returns the result. */
export type Steps<T> = Generator<void, T, void>;

/** Short against what a busy server notices, long against the cost of a turn. */
const SLICE_MS = 10;

/** Entities of a datafile between two steps. */
const PIECE = 50;

/** Does the same to each item, so many at a time. */
export function* eachInPieces<T>(items: readonly T[], work: (item: T) => void): Steps<void> {
  for (let index = 0; index < items.length; index += 1) {
    work(items[index] as T);
    if (index % PIECE === PIECE - 1) yield;
  }
  yield;
}

/** Does all of it now. */
export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Does it over as many turns of the event loop as it takes. */
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

/** Lets everything that waits go first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Lets a page do everything it has to do first, for a second at most; elsewhere the same as `nextTurn`. */
export function whenIdle(): Promise<void> {
  const { requestIdleCallback } = globalThis as {
    readonly requestIdleCallback?: (run: () => void, options: { readonly timeout: number }) => void;
  };
  if (!requestIdleCallback) return nextTurn();
  return new Promise((resolve) => requestIdleCallback(() => resolve(), { timeout: 1_000 }));
}
