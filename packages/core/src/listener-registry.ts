/**
 * Listeners by event name: called in the order in which they were added, isolated from each other and from the code
 * that emits.
 */
import { callPart } from './call-part.ts';

/** @typeParam Events Event name to payload. */
export interface ListenerRegistry<Events extends object> {
  /**
   * Returns a function that removes the listener and returns `true` the first time. A listener that is added twice is
   * called twice.
   */
  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => unknown): () => boolean;
  /** Calls the listeners, except those removed in the meantime. Returns whether there were any. */
  emit<E extends keyof Events>(event: E, payload: Events[E]): boolean;
  /** Number of listeners, so that a caller can skip building a payload. */
  count(event: keyof Events): number;
  clear(): void;
}

/** @param onFailure Called with the error that a listener threw or rejected with. */
export function createListenerRegistry<Events extends object>(
  onFailure: (event: keyof Events, cause: unknown) => void,
): ListenerRegistry<Events> {
  const listeners = new Map<keyof Events, Set<{ readonly call: (payload: never) => unknown }>>();
  return {
    on(event, listener) {
      const entry = { call: listener };
      const entries = listeners.get(event) ?? new Set();
      listeners.set(event, entries.add(entry));
      return () => entries.delete(entry);
    },
    emit(event, payload) {
      const entries = listeners.get(event);
      if (entries === undefined || entries.size === 0) return false;
      for (const entry of [...entries]) {
        if (!entries.has(entry)) continue;
        callPart(
          () => entry.call(payload as never),
          (cause) => onFailure(event, cause),
        );
      }
      return true;
    },
    count: (event) => listeners.get(event)?.size ?? 0,
    clear() {
      for (const entries of listeners.values()) entries.clear();
    },
  };
}
