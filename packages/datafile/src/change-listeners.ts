/** The listeners of a config source: none can harm the others, and problems from before the first one are kept for it. */
import type { ConfigChange, Problem } from '@sortition/core';

/** See the file. */
export interface ChangeListeners {
  /** Returns what removes the listener: `true` the first time. */
  add(listener: (change: ConfigChange) => void): () => boolean;
  emit(change: ConfigChange): void;
  /** Told now, or to the first listener. */
  problem(problem: Problem): void;
  readonly count: number;
}

const MAX_EARLY = 10;

/** Creates the list of listeners. */
export function createChangeListeners(): ChangeListeners {
  // Entries of their own, so that a function that is added twice is two listeners.
  const entries = new Set<{ readonly listener: (change: ConfigChange) => void }>();
  let early: readonly Problem[] = [];

  function emit(change: ConfigChange): void {
    for (const entry of [...entries]) {
      try {
        if (entries.has(entry)) entry.listener(change);
      } catch {
        // A listener's failure is its owner's; the others are told all the same.
      }
    }
  }

  function problem(each: Problem): void {
    if (entries.size > 0) emit({ type: 'problem', problem: each });
    else early = [...early, each].slice(-MAX_EARLY);
  }

  function deliverEarly(): void {
    const problems = early;
    early = [];
    problems.forEach(problem);
  }

  return {
    add(listener) {
      const entry = { listener };
      entries.add(entry);
      // After the listener got hold of its unsubscribe.
      queueMicrotask(deliverEarly);
      return () => entries.delete(entry);
    },
    emit,
    problem,
    get count() {
      return entries.size;
    },
  };
}
