/** The listeners of a config source; problems from before the first listener are kept for it. */
import type { ConfigChange, Problem } from '@sortition/core';
import { createListenerRegistry } from '@sortition/core/internal';

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

/** Creates the list of listeners. A listener that fails does not keep a change from the others. */
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
      // Later, so that the listener has its unsubscribe function by then.
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
