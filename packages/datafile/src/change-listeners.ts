/** The listeners of a config source; problems from before the first listener are kept for it. */
import type { ConfigChange, Problem } from '@sortition/core';
import { createListenerRegistry } from '@sortition/core/internal';

/** The listeners of a config source. */
export interface ChangeListeners {
  /** Returns a function that removes the listener and returns `true` the first time. */
  add(listener: (change: ConfigChange) => void): () => boolean;
  emit(change: ConfigChange): void;
  /** Reports a problem to the listeners, or later to the first one. */
  problem(problem: Problem): void;
  readonly count: number;
}

const MAX_EARLY = 10;

/** Creates the list of listeners. A failing listener does not affect the others. */
export function createChangeListeners(): ChangeListeners {
  const registry = createListenerRegistry<{ change: ConfigChange }>(() => undefined);
  let early: readonly Problem[] = [];

  function problem(each: Problem): void {
    if (!registry.emit('change', { type: 'problem', problem: each })) early = [...early, each].slice(-MAX_EARLY);
  }

  function deliverEarly(): void {
    const problems = early;
    early = [];
    problems.forEach(problem);
  }

  return {
    add(listener) {
      const remove = registry.on('change', listener);
      // In a microtask, so that the caller has the unsubscribe function first.
      queueMicrotask(deliverEarly);
      return remove;
    },
    emit: (change) => void registry.emit('change', change),
    problem,
    get count() {
      return registry.count('change');
    },
  };
}
