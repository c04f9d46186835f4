/** Signals that end work, in a browser: no platform of pages minds how many listeners a signal has. */
import type { Signals } from '../abort.ts';

/** The same as in the main entry. */
export function onAbort(signals: Signals, listener: (reason: unknown) => void): () => void {
  const undo: (() => void)[] = [];
  for (const signal of [signals].flat()) {
    if (!signal) continue;
    const tell = () => listener(signal.reason);
    if (signal.aborted) tell();
    else {
      signal.addEventListener('abort', tell);
      undo.push(() => signal.removeEventListener('abort', tell));
    }
  }
  return () => {
    for (const leave of undo) leave();
  };
}
